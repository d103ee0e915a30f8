"""Tells the service at once when the user edits a file or mail arrives in a local folder.

watchdog gives the events: from the kernel where it has them, by looking again and again where it
has not (network file systems, or no inotify watches left). Once a second every watched place is
also looked at by its stat: folders that vanish and come back, disks that are mounted, links that
point elsewhere now.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path, PurePath
from queue import Empty, SimpleQueue
from typing import NamedTuple

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirModifiedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserverVFS

from syncd import log
from syncd.config import Configuration
from syncd.daemon.watcher_debounce import Debounce, Pause
from syncd.daemon.watcher_mounts import is_silent
from syncd.daemon.watcher_targets import Target, Topic, targets

_LOOK_SECONDS = 1.0
_POLL_SECONDS = 2.0
"""Between two looks at a folder that gives no events."""
_PAUSES = {
    "configuration": Pause(0.3, 2.0),
    "summary": Pause(0.2, 1.0),
    "source": Pause(0.3, 1.0),
}
_STOP_SECONDS = 2.0

# Only what changes something: with the others our own reading would wake us, for ever.
_CHANGES: list[type[FileSystemEvent]] = [
    FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileDeletedEvent, FileClosedEvent,
    DirCreatedEvent, DirMovedEvent, DirDeletedEvent,
]  # fmt: skip
_POLLED_CHANGES = [*_CHANGES, DirModifiedEvent]
_MAIL_FOLDERS = ("cur", "new", "tmp")


class _Place(NamedTuple):
    """A folder as it is watched: another one under the same name is another place."""

    path: str
    recursive: bool
    device: int
    inode: int


class Watcher:
    """Calls back, from a thread of its own, soon after something changed.

    :param on_configuration: a file of the configuration folder changed
    :param on_summary: a summary was edited (or syncd wrote one: it cannot tell, and need not)
    :param on_source: the account of this name, which is made of local files, may have news

    Callbacks must be cheap and must not raise: they only take note.
    """

    def __init__(
        self,
        on_configuration: Callable[[], None],
        on_summary: Callable[[], None],
        on_source: Callable[[str], None],
    ) -> None:
        self._on_configuration = on_configuration
        self._on_summary = on_summary
        self._on_source = on_source
        self._config_folder = Path()
        self._targets: tuple[Target, ...] = ()
        self._places: dict[Target, _Place | None] = {}
        self._states: dict[Path, tuple[int, ...]] = {}
        self._watches: dict[_Place, tuple[BaseObserver, ObservedWatch]] = {}
        self._debounce: Debounce[Topic] = Debounce(lambda topic: _PAUSES[topic.kind])
        self._events: BaseObserver | None = None
        self._polls: BaseObserver | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        """Over everything above, between `restart` and our thread; watchdog's threads, which hold
        locks of their own, only put into the queue."""
        self._queue: SimpleQueue[tuple[_Place, PurePath] | None] = SimpleQueue()

    def start(self, configuration: Configuration, config_folder: Path) -> None:
        """Watch; what changes after this returns is told.

        :param config_folder: the folder of the three files; it need not exist
        """
        self._config_folder = config_folder.absolute()
        self.restart(configuration)
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._thread.start()

    def restart(self, configuration: Configuration) -> None:
        """Watch what this configuration names. What stays the same is watched without a gap."""
        with self._lock:
            self._targets = targets(configuration, self._config_folder)
            self._places = {t: p for t, p in self._places.items() if t in self._targets}
            looked_at = {path for target in self._targets for path in target.looked_at}
            self._states = {path: s for path, s in self._states.items() if path in looked_at}
            self._look()

    def stop(self) -> None:
        """Watch nothing any more; nothing is told after this returns."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(_STOP_SECONDS)
            self._thread = None
        for observer in (self._events, self._polls):
            if observer is not None:
                observer.stop()
                observer.join(_STOP_SECONDS)
        self._events = self._polls = None
        self._watches.clear()
        self._places.clear()
        self._states.clear()

    # --- the thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        looked = time.monotonic()
        while True:
            with self._lock:
                ends = [looked + _LOOK_SECONDS, *filter(None, [self._debounce.next()])]
            try:
                event = self._queue.get(timeout=max(0.0, min(ends) - time.monotonic()))
                if event is None:
                    return
                self._changed(*event)
            except Empty:
                pass
            now = time.monotonic()
            with self._lock:
                if now >= looked + _LOOK_SECONDS:
                    looked = now
                    self._look()
                due = self._debounce.due(now)
                self._note_states(due)
            for topic in due:
                self._tell(topic)

    def _tell(self, topic: Topic) -> None:
        if topic.kind == "configuration":
            self._on_configuration()
        elif topic.kind == "summary":
            self._on_summary()
        else:
            self._on_source(topic.account)

    def _changed(self, place: _Place, path: PurePath) -> None:
        with self._lock:
            for target, where in self._places.items():
                if where == place and _matters(target, place, path):
                    self._touch(target.topic)
            if str(path) == place.path:
                self._lose(place)

    def _touch(self, topic: Topic) -> None:
        self._debounce.touch(topic, time.monotonic())

    # --- places ---------------------------------------------------------------------------------

    def _look(self) -> None:
        """Watch every target where it now is; a target that is elsewhere than before, or whose
        files are, has changed."""
        for target in self._targets:
            place = _place(target)
            if target not in self._places:
                self._places[target] = place
            elif self._places[target] != place:
                self._places[target] = place
                self._touch(target.topic)
            for path in target.looked_at:
                state = _state(path)
                if self._states.setdefault(path, state) != state:
                    self._states[path] = state
                    self._touch(target.topic)
        wanted = {place for place in self._places.values() if place is not None}
        for place in self._watches.keys() - wanted:
            observer, watch = self._watches.pop(place)
            observer.unschedule(watch)
        for place in wanted - self._watches.keys():
            self._watch(place)

    def _note_states(self, topics: Collection[Topic]) -> None:
        """What is about to be told need not be told again by the next look."""
        for target in self._targets:
            if target.topic in topics:
                self._states.update((path, _state(path)) for path in target.looked_at)

    def _lose(self, place: _Place) -> None:
        """The watched folder is gone, and its watch with it: even if another one takes its place
        before the next look, with the same inode number."""
        if place in self._watches:
            observer, watch = self._watches.pop(place)
            observer.unschedule(watch)
        for target, where in self._places.items():
            if where == place:
                self._places[target] = None

    def _watch(self, place: _Place) -> None:
        handler = _Handler(lambda path: self._queue.put((place, path)))
        try:
            if not is_silent(PurePath(place.path), _mountinfo()):
                self._watches[place] = self._watch_events(place, handler)
                return
        except FileNotFoundError:
            return  # gone again: the next look sees it
        except OSError as error:
            # no inotify watches or instances are left for this user
            log.warning("watching_by_looking", folder=place.path, reason=error.strerror)
        if self._polls is None:
            self._polls = PollingObserverVFS(os.stat, _listdir, polling_interval=_POLL_SECONDS)
            self._polls.start()
        try:
            watch = self._polls.schedule(
                handler, place.path, recursive=place.recursive, event_filter=_POLLED_CHANGES
            )
        except OSError:
            return  # gone again
        self._watches[place] = (self._polls, watch)

    def _watch_events(
        self, place: _Place, handler: FileSystemEventHandler
    ) -> tuple[BaseObserver, ObservedWatch]:
        """:raises OSError: it cannot be watched, or not all of it"""
        if self._events is None:
            self._events = Observer()
            self._events.start()
        observer = self._events
        watch = observer.schedule(
            handler, place.path, recursive=place.recursive, event_filter=_CHANGES
        )
        try:
            if place.recursive and (last := _last_folder(place.path)):
                # watchdog leaves out, silently, the folders for which no watch is left: those
                # that it comes to last. Watching the last one once more tells.
                probe = FileSystemEventHandler()
                observer.unschedule(observer.schedule(probe, last, event_filter=_CHANGES))
        except FileNotFoundError:
            pass
        except OSError:
            observer.unschedule(watch)
            raise
        return observer, watch


class _Handler(FileSystemEventHandler):
    """Passes on the paths that events name; runs on watchdog's threads."""

    def __init__(self, changed: Callable[[PurePath], None]) -> None:
        self._changed = changed

    def dispatch(self, event: FileSystemEvent) -> None:
        """:param event: of one of the types asked for"""
        if isinstance(event, DirModifiedEvent):
            path = PurePath(os.fsdecode(event.src_path))
            if path.name in ("cur", "new"):  # its files are not looked at one by one
                self._changed(path)
            return
        for name in (event.src_path, event.dest_path):
            if name:
                self._changed(PurePath(os.fsdecode(name)))


def _place(target: Target) -> _Place | None:
    """Where to watch for a target now: the folder itself, or the folder of a file."""
    path, recursive = target.path, target.recursive
    try:
        status = path.stat()
        if not stat.S_ISDIR(status.st_mode):
            path, recursive = path.parent, False
            status = path.stat()
    except OSError:
        if not target.recursive:
            return None
        try:  # a file that is not there yet
            path, recursive = path.parent, False
            status = path.stat()
        except OSError:
            return None
    return _Place(os.path.realpath(path), recursive, status.st_dev, status.st_ino)


def _matters(target: Target, place: _Place, path: PurePath) -> bool:
    """Whether a change of `path` is one of the target's; in a file's folder only the file is."""
    if target.recursive and not place.recursive:
        return path.name == target.path.name
    return target.is_wanted(path)


def _state(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _last_folder(path: str) -> str:
    last = ""
    for root, folders, _files in os.walk(path):
        for name in folders:
            full = f"{root}/{name}"
            last = last if Path(full).is_symlink() else full
    return last


def _listdir(path: str | None) -> Iterator[os.DirEntry[str]]:
    """A folder's entries; a mail folder's files are not looked at one by one, for there may be
    very many and the folder's own time tells as much."""
    if path is None or os.path.basename(path) in _MAIL_FOLDERS:  # noqa: PTH119 - once per folder
        return iter(())
    return os.scandir(path)


def _mountinfo() -> str:
    try:
        return Path("/proc/self/mountinfo").read_text("utf-8", "replace")
    except OSError:
        return ""
