"""Bytes to text by the charset a mail names, or by what the bytes look like when it lies."""

from __future__ import annotations

import codecs
from functools import lru_cache

# What senders write and Python does not know, and the narrow charsets that senders name when they
# mean the wider one (as browsers read them: the WHATWG Encoding Standard).
_MEANT = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
_ALIASES = {
    "utf8mb4": "utf-8",
    "utf-8-mac": "utf-8",
    "cp-850": "cp850",
    "cp-1252": "cp1252",
    "ansi": "cp1252",
    "x-ansi": "cp1252",
    "windows-1252http-equivcontent-type": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "unicode-1-1-utf-7": "utf-7",
}
# Not charsets of mail: quadratic (punycode, idna) or an escape syntax rather than an encoding.
_REFUSED = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}


@lru_cache(maxsize=256)
def _codec(charset: str) -> str:
    """Python's codec for a charset name as written; empty for an unknown one."""
    name = charset.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_ALIASES.get(name, name))
    except (LookupError, ValueError):
        return ""
    # A codec that is no text encoding (base64, rot13, zip) is refused by `bytes.decode` as well.
    if found.name in _REFUSED or not getattr(found, "_is_text_encoding", True):
        return ""
    return _MEANT.get(found.name, found.name)


def decode(data: bytes, charset: str = "", *, complete: bool = True) -> str:
    """`data` as text; never fails.

    The named charset is tried first, then UTF-8, then the named one (or Windows-1252) with
    replacement characters. `complete` false: `data` was cut and may end inside a character.
    """
    codec = _codec(charset[:60]) if charset else ""
    for name in dict.fromkeys((codec or "utf-8", "utf-8")):
        try:
            return codecs.getincrementaldecoder(name)().decode(data, complete)
        except (UnicodeError, ValueError):
            continue
    wide = codec if codec and codec != "utf-8" else "cp1252"
    return data.decode(wide, "replace")
