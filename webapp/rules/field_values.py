"""The closed lists of values that fields of a registration may have, unless an exam brings its own list.

Each value stands as the registration system writes it, followed by Traditional Chinese and English.
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp.rules.words import Words


@dataclass(frozen=True)
class Choice:
    """One value of a closed list: ``value`` as it is stored, ``words`` as it is said."""

    value: str
    words: Words


def _choices(lines: str) -> tuple[Choice, ...]:
    rows = [tuple(part.strip() for part in line.split("|")) for line in lines.strip().splitlines()]
    return tuple(Choice(value, Words(value, hant, en)) for value, hant, en in rows)


YES = "是"
NO = "否"

YES_NO = _choices("""
    是 | 是 | yes
    否 | 否 | no
""")

SEXES = _choices("""
    男 | 男 | male
    女 | 女 | female
""")

ID_TYPES = _choices("""
    居民身份证 | 居民身份證 | mainland identity card
    港澳台居民居住证 | 港澳臺居民居住證 | residence permit for Hong Kong, Macao and Taiwan residents
    香港身份证 | 香港身份證 | Hong Kong identity card
    澳门身份证 | 澳門身份證 | Macao identity card
    台湾身份证 | 臺灣身份證 | Taiwan identity card
    外籍护照 | 外籍護照 | foreign passport
""")

SERVICE_STATUSES = _choices("""
    非军人 | 非軍人 | not in military service
    现役军人 | 現役軍人 | in active military service
    军队文职人员 | 軍隊文職人員 | civilian staff of the armed forces
""")

LEVELS = _choices("""
    执业医师 | 執業醫師 | physician
    执业助理医师 | 執業助理醫師 | assistant physician
""")

CATEGORIES = _choices("""
    临床 | 臨床 | clinical medicine
    口腔 | 口腔 | dentistry
    公共卫生 | 公共衛生 | public health
    中医 | 中醫 | Chinese medicine
    中西医结合 | 中西醫結合 | integrated Chinese and Western medicine
    民族医 | 民族醫 | ethnic medicine
    乡村全科 | 鄉村全科 | rural general practice
""")

BASES = _choices("""
    规定学历 | 規定學歷 | prescribed education
    师承或确有专长 | 師承或確有專長 | apprenticeship or proven expertise
""")

EDUCATIONS = _choices("""
    博士 | 博士 | doctorate
    硕士 | 碩士 | master's degree programme
    本科 | 本科 | bachelor's degree programme
    专科 | 專科 | junior college
    中专 | 中專 | secondary vocational school
""")

STUDY_FORMS = _choices("""
    普通全日制 | 普通全日制 | full-time
    成人教育 | 成人教育 | adult education
    网络教育 | 網絡教育 | online education
    广播电视教育 | 廣播電視教育 | radio and television education
    自学考试 | 自學考試 | self-taught examination
    其他 | 其他 | other
""")

DEGREES = _choices("""
    无 | 無 | none
    学士 | 學士 | bachelor
    硕士 | 碩士 | master
    博士 | 博士 | doctor
""")

WORKPLACE_KINDS = _choices("""
    医院 | 醫院 | hospital
    妇幼保健院 | 婦幼保健院 | maternal and child health hospital
    社区卫生服务中心 | 社區衛生服務中心 | community health centre
    乡镇卫生院 | 鄉鎮衛生院 | township health centre
    村卫生室 | 村衛生室 | village clinic
    门诊部 | 門診部 | outpatient department
    诊所 | 診所 | clinic
    专科疾病防治机构 | 專科疾病防治機構 | specialised disease prevention institution
    疾控中心 | 疾控中心 | centre for disease control
    急救中心 | 急救中心 | emergency centre
    其他 | 其他 | other
""")

WORKPLACE_GRADES = _choices("""
    三级甲等 | 三級甲等 | class 3, grade A
    三级乙等 | 三級乙等 | class 3, grade B
    三级丙等 | 三級丙等 | class 3, grade C
    三级未定等 | 三級未定等 | class 3, ungraded
    二级甲等 | 二級甲等 | class 2, grade A
    二级乙等 | 二級乙等 | class 2, grade B
    二级丙等 | 二級丙等 | class 2, grade C
    二级未定等 | 二級未定等 | class 2, ungraded
    一级甲等 | 一級甲等 | class 1, grade A
    一级乙等 | 一級乙等 | class 1, grade B
    一级丙等 | 一級丙等 | class 1, grade C
    一级未定等 | 一級未定等 | class 1, ungraded
    未定级 | 未定級 | unclassified
""")

STATUSES = _choices("""
    报名成功 | 報名成功 | registered
    取消 | 取消 | cancelled
    放弃 | 放棄 | given up
""")

PROVINCES = _choices("""
    北京市 | 北京市 | Beijing
    天津市 | 天津市 | Tianjin
    河北省 | 河北省 | Hebei
    山西省 | 山西省 | Shanxi
    内蒙古自治区 | 內蒙古自治區 | Inner Mongolia
    辽宁省 | 遼寧省 | Liaoning
    吉林省 | 吉林省 | Jilin
    黑龙江省 | 黑龍江省 | Heilongjiang
    上海市 | 上海市 | Shanghai
    江苏省 | 江蘇省 | Jiangsu
    浙江省 | 浙江省 | Zhejiang
    安徽省 | 安徽省 | Anhui
    福建省 | 福建省 | Fujian
    江西省 | 江西省 | Jiangxi
    山东省 | 山東省 | Shandong
    河南省 | 河南省 | Henan
    湖北省 | 湖北省 | Hubei
    湖南省 | 湖南省 | Hunan
    广东省 | 廣東省 | Guangdong
    广西壮族自治区 | 廣西壯族自治區 | Guangxi
    海南省 | 海南省 | Hainan
    重庆市 | 重慶市 | Chongqing
    四川省 | 四川省 | Sichuan
    贵州省 | 貴州省 | Guizhou
    云南省 | 雲南省 | Yunnan
    西藏自治区 | 西藏自治區 | Tibet
    陕西省 | 陝西省 | Shaanxi
    甘肃省 | 甘肅省 | Gansu
    青海省 | 青海省 | Qinghai
    宁夏回族自治区 | 寧夏回族自治區 | Ningxia
    新疆维吾尔自治区 | 新疆維吾爾自治區 | Xinjiang
    香港特别行政区 | 香港特別行政區 | Hong Kong
    澳门特别行政区 | 澳門特別行政區 | Macao
    台湾省 | 臺灣省 | Taiwan
    境外 | 境外 | outside China
""")
