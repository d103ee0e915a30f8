"""Which places must be polled, by what the kernel says of mounts (proc(5), mountinfo)."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.daemon.watcher_mounts import is_silent

MOUNTS = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
31 27 0:40 / /home rw,relatime shared:5 master:2 - nfs4 files.office.example:/home rw,vers=4.2
32 31 8:17 / /home/camille/Local\\040disk rw - ext4 /dev/sdb1 rw
33 27 0:41 / /mnt/share rw - cifs //files.office.example/all rw
34 27 0:42 / /mnt/server rw - fuse.sshfs camille@server.example: rw
35 27 0:43 / /mnt/stick rw - fuseblk /dev/sdc1 rw
36 27 0:44 / /mnt/over rw - nfs server:/a rw
37 36 0:45 / /mnt/over rw - ext4 /dev/sdd1 rw
"""


@pytest.mark.parametrize(
    ("path", "silent"),
    [
        ("/", False),
        ("/var/mail", False),
        ("/home/camille/Mail", True),
        ("/home", True),
        ("/homes/camille", False),
        ("/home/camille/Local disk/Mail", False),
        ("/home/camille/Local", True),
        ("/mnt/share/calendar.ics", True),
        ("/mnt/server/Mail", True),
        ("/mnt/stick/Mail", False),
        ("/mnt/over/Mail", False),
    ],
)
def test_network_file_systems_are_polled(path: str, silent: bool) -> None:
    assert is_silent(PurePath(path), MOUNTS) is silent


@given(st.text(max_size=300), st.integers(0, len(MOUNTS)))
def test_nonsense_says_nothing_and_does_no_harm(noise: str, place: int) -> None:
    is_silent(PurePath("/home/camille"), noise)
    is_silent(PurePath("/home/camille"), MOUNTS[:place] + noise + MOUNTS[place:])


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="needs Linux's mountinfo")
def test_this_machine_is_understood() -> None:
    mounts = Path("/proc/self/mountinfo").read_text("utf-8", "replace")
    assert is_silent(PurePath("/proc/self"), mounts) is False
