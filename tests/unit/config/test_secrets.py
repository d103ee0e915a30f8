"""A secret in a configuration file is never shown, wherever the file is wrong."""

from __future__ import annotations

import pytest

from syncd.config.secrets import is_secret, masked

SECRET = "hunter2"
HEAD = "me: {addresses: [camille@cabinet.example]}\naccounts:\n"


@pytest.mark.parametrize(
    "account",
    [
        f"  - {{name: a, connector: maildir, path: x, client_secret: {SECRET}}}\n",
        f"  - name: a\n    connector: maildir\n    path: x\n    client_secrt: {SECRET}\n",
        f"  - name: a\n    connector: maildir\n    path: x\n    token_command: [{SECRET}]\n",
        f"  - name: a\n    connector: maildir\n    path: x\n    token_command: |\n      {SECRET}\n",
        f"  - name: a\n    connector: maildir\n    path: x\n    client_secret: *{SECRET}\n",
        f"  - name: a\n    connector: maildir\n    path: x\n    client_secret: !{SECRET}\n",
        f"  - name: a\n    connector: maildir\n    path: x\n    client_secret: @{SECRET}\n",
        f"  - name: a\n    connector: maildir\n    path: x\n    client_secret: '{SECRET}\n",
        f"  - name: a\n    connector: maildir\n    path: x\n    client_secret: x: {SECRET}\n",
        f"  - {{name: a, connector: maildir, path: x,\n     'client_secret':\n     {SECRET}: x}}\n",
        f"  - client_secret: {SECRET}\n    name: a\n    connector: maildir\n    pth: x\n",
    ],
)
def test_no_problem_shows_a_secret(faults, account):
    told = faults(syncd=HEAD + account)
    assert told
    assert SECRET not in "\n".join(told)


def test_lines_after_a_secret_are_shown_again():
    lines = [
        "- name: a",
        "  token_command: pass show",
        "    mail/work",
        "",
        "    more",
        "  user: camille",
        "- {name: b, password: x, user: y}",
        "- name: c",
    ]
    assert masked(lines) == [
        "- name: a",
        "  token_command: ***",
        "    ***",
        "",
        "    ***",
        "  user: camille",
        "- {name: b, password: ***",
        "- name: c",
    ]


def test_ordinary_keys_are_no_secrets():
    ordinary = "name connector every user path endpoint folder keep_in_touch tenant client_id say"
    assert [key for key in ordinary.split() if is_secret(key)] == []
    secret = "client_secret client-secret CLIENT_SECRET token_command tokn_command passwrd api_key"
    assert [key for key in secret.split() if not is_secret(key)] == []
