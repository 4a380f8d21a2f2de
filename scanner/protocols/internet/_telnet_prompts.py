"""Prompts for a log-in in the languages of those who make devices, as they write them to a terminal.

A terminal says nothing of its encoding: words are looked for in those of their language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_WESTERN, _CENTRAL = ("utf-8", "latin-1"), ("utf-8", "iso8859-2", "cp852")
_CYRILLIC, _TURKISH = ("utf-8", "cp1251", "koi8-r", "cp866"), ("utf-8", "iso8859-9")
_CHINESE, _JAPANESE, _KOREAN = ("utf-8", "gb18030", "big5"), ("utf-8", "shift_jis", "euc-jp"), ("utf-8", "euc-kr")
_PASSWORDS = {
    _WESTERN: (
        *("passwd", "passcode", "passphrase", "pass phrase", "password", "pass word"),
        *("passwort", "kennwort", "mot de passe", "contraseña", "contrasena", "clave de acceso"),
        *("senha", "palavra-passe"),
        *("parola d'ordine", "parola chiave", "wachtwoord", "lösenord", "adgangskode", "passord", "salasana", "parola"),
    ),
    _CENTRAL: ("hasło", "haslo", "heslo", "jelszó", "geslo", "lozinka"),
    _TURKISH: ("şifre", "sifre"),
    _CYRILLIC: ("пароль",),
    _CHINESE: ("密码", "密碼", "口令"),
    _JAPANESE: ("パスワード", "暗証番号"),
    _KOREAN: ("비밀번호", "암호"),
}
_LOGINS = {
    _WESTERN: (
        *("login", "log in", "username", "user name", "userid", "user id", "user", "account"),
        *("benutzer", "anmeldename", "identifiant", "utilisateur", "usuario", "usuário", "utente", "utilizador"),
        *("gebruiker", "användar", "bruger", "bruker", "käyttäjä"),
    ),
    _CENTRAL: ("użytkownik", "uzytkownik", "uživatel", "felhasználó", "uporabnik", "korisnik"),
    _TURKISH: ("kullanıcı", "kullanici"),
    _CYRILLIC: ("логин", "имя пользователя", "пользователь"),
    _CHINESE: ("用户", "用戶", "使用者", "账号", "帐号", "帳號", "登录名"),
    _JAPANESE: ("ユーザー", "ユーザ名", "ログイン"),
    _KOREAN: ("사용자", "로그인", "아이디"),
}
# Of a question, and as wide as an ideogram.
_ENDS = (b":", b">", b"?", *("：".encode(e) for e in ("utf-8", "gb18030", "big5", "shift_jis", "euc-kr")))


def _encoded(words: dict[tuple[str, ...], tuple[str, ...]]) -> Iterator[bytes]:
    """Every word in each encoding that has it, as it is written at the beginning of a line and within."""
    for encodings, each in words.items():
        for word in each:
            for form in dict.fromkeys((word, word.capitalize(), word.upper())):
                for encoding in encodings:
                    try:
                        yield form.encode(encoding)
                    except UnicodeEncodeError:
                        continue


def _prompt(words: Iterable[bytes]) -> re.Pattern[bytes]:
    """One of the words in the last line, which ends as a question does."""
    known = b"|".join(re.escape(word) for word in dict.fromkeys(words))
    ends = b"|".join(map(re.escape, _ENDS))
    return re.compile(rb"(?i)(?:" + known + rb")[^\r\n]{0,40}(?:" + ends + rb")\s*$")


PASSWORD, LOGIN = _prompt(_encoded(_PASSWORDS)), _prompt(_encoded(_LOGINS))
