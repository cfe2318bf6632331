"""What a password must be, as data of the exam, and how answers to its rules are named."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from webapp.rules.names import user_name_key


@dataclass(frozen=True)
class PasswordPolicy:
    """Lengths count characters. Any printable character may be used."""

    least: int
    most: int
    letter_and_digit: bool
    """At least one letter A-Z or a-z and one digit, as the exam's manual has always asked."""


COMMON = frozenset(
    """
    0123456789 11223344 112233445566 123123123 123321aa 12344321 12345678 123456789 1234567890
    123456789012 1234567890123 12345678901234 12345678901234567890 1234567890a 1234567890ab 12345678910
    123456789a 12345678a 1234567a 123456aa 123456abc 123456asd 123456qq 12345abc 12345qwert 1234abcd
    1234qwer 123abc123 123qwe123 123qweasd 1314woaini 147258369 159357456 1q2w3e4r 1q2w3e4r5t
    1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qaz@wsx 1qazxsw2 5201314520 5201314a 87654321 987654321
    a123123123 a1234567 a12345678 a123456789 a1234567890 a1b2c3d4 a1s2d3f4 a5201314 aa123456 aa12345678
    aaa123456 aaaa1234 ab123456 abc12345 abc123456 abc123456789 abcd1234 abcd12345 abcd123456 abcde12345
    abcdefg1 abcdefg123 abcdefgh abcdefghijkl admin123 admin1234 admin12345 admin123456 admin888
    admin@123 adminadmin administrator administrator1 aini1314 as123456 asd12345 asd123456 asdf1234
    asdfasdf asdfgh123 asdfghjk asdfghjkl baseball baseball1 changeme changeme1 changeme123 chen1234
    chen123456 china123 china2020 computer computer1 doctor123 doctor2020 dragon123 football football1
    guanli123 guanli2020 guanliyuan guanliyuan123 guest1234 hello123 hello1234 hushi123 iloveyou
    iloveyou1 iloveyou12 iloveyou123 iloveyou1314 iloveyou520 internet1 kaodian123 kaodian2020 kaoqu2020
    kaosheng123 kaoshi123 kaoshi1234 kaoshi2019 kaoshi2020 kaoshi2021 letmein1 letmein123 li123456
    liu123456 michael1 mima1234 mima123456 mimamima monkey123 mypassword mypassword1 p@ssw0rd p@ssw0rd1
    p@ssword1 passw0rd passw0rd1 password password1 password12 password123 password1234 password12345
    password2020 password@123 passwordpassword princess princess1 q1w2e3r4 q1w2e3r4t5 qazwsx123 qazwsxedc
    qazwsxedcrfv qq123456 qq1234567 qq123456789 qwe12345 qwe123456 qweasd123 qweasdzxc qweasdzxc123
    qwer1234 qwert12345 qwerty12 qwerty123 qwerty1234 qwerty123456 qwertyui qwertyuiop qwertyuiop12
    qwertyuiopas root1234 root123456 shenhe123 shenhe1234 shenhe123456 shenhe2020 starwars1 sunshine
    sunshine1 superman superman1 test1234 test12345 test123456 tianjin022 tianjin1 tianjin123 tianjin2019
    tianjin2020 tianjin2021 trustno1 user1234 w1234567 wang1234 wang123456 welcome1 welcome123 whatever1
    woaini123 woaini1314 woaini1314520 woaini520 woaini521 woaiwojia x1234567 xiaoming123 yisheng1
    yisheng123 yisheng2020 yishi123 yishi1234 yishi2019 yishi2020 yishi2021 yixue123 yixue2020 yiyuan123
    yiyuan2020 z1234567 z123456789 zhang123 zhang123456 zhiyeyishi zhiyeyishi123 zhiyeyishi2020 zhongguo1
    zhongguo123 zxc12345 zxc123456 zxcv1234 zxcvbnm1 zxcvbnm123 zz123456
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
"""The first of every published list of leaked passwords, and what this exam's people would think of; case-folded.
Shorter ones, and those of one or two characters, are refused by other rules."""


def password_problem(password: str, user_name: str, policy: PasswordPolicy) -> str | None:
    """The code of the first rule that ``password`` breaks, or None.

    Codes: ``too_short``, ``too_long``, ``unprintable``, ``letter_and_digit``, ``same_as_user_name``, ``common``.
    """
    if len(password) < policy.least:
        return "too_short"
    if len(password) > policy.most:
        return "too_long"
    if any(unicodedata.category(character).startswith("C") for character in password):
        return "unprintable"
    plain = [character for character in password if character.isascii()]
    letters, digits = any(c.isalpha() for c in plain), any(c.isdecimal() for c in plain)
    if policy.letter_and_digit and not (letters and digits):
        return "letter_and_digit"
    folded = user_name_key(password)
    if user_name and folded == user_name_key(user_name):
        return "same_as_user_name"
    if folded in COMMON or len(set(folded)) <= 2:
        return "common"
    return None
