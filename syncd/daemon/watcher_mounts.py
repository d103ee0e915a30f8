"""Which file systems tell nobody when another machine changes a file on them. Pure."""

from __future__ import annotations

import re
from pathlib import PurePath

_SILENT = frozenset(
    {
        "9p", "afs", "ceph", "cifs", "coda", "davfs", "drvfs", "glusterfs", "gfs2", "lustre",
        "ncpfs", "nfs", "nfs4", "ocfs2", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs",
    }
)  # fmt: skip
"""Network file systems and the shared folders of virtual machines: inotify(7) sees only what this
machine does. The kernel's names, and FUSE's after `fuse.`."""
_LOCAL_FUSE = frozenset({"fuseblk", "fuse.portal", "fuse.snapfuse"})
"""FUSE in front of a local disk; everything else behind FUSE may change from elsewhere."""
_OCTAL = re.compile(r"\\([0-7]{3})")


def is_silent(path: PurePath, mountinfo: str) -> bool:
    """Whether the file system that holds `path` must be polled.

    :param path: absolute, without symbolic links
    :param mountinfo: the text of /proc/self/mountinfo, see proc(5)
    """
    found, kind = PurePath("/"), ""
    for line in mountinfo.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        mount = PurePath(_OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        # later lines lie over earlier ones
        if path.is_relative_to(mount) and len(mount.parts) >= len(found.parts):
            found, kind = mount, after.split(" ")[0]
    if kind in _SILENT:
        return True
    return kind.startswith("fuse") and kind not in _LOCAL_FUSE
