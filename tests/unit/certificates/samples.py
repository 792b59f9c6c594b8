"""Names and titles that every certificate must hold, and one certificate of each shape."""

from dataclasses import replace
from datetime import date

from portal.certificates.pdf.printed import Fact, PrintedCertificate, Signature

LONGEST = (
    "Wolfeschlegelsteinhausen Maria-Theresia Anastasia von und zu Hohenlohe-Schillingsfürst-Waldenburg "
    "de la Cruz, DNP, CPHQ"
)
IN_CAPITALS = (
    "MARÍA DE LOS ÁNGELES FERNÁNDEZ DE CÓRDOBA Y ÁLVAREZ DE TOLEDO, VIUDA DE GUTIÉRREZ-SOLANA MONTEMAYOR, "
    "MSN, RN"
)
LONG_TITLE = (
    "Leading Quality Improvement Across Communities, Hospitals and Long-Term Care: "
    "A Practicum for Managers and Clinical Teams in Rural Settings"
)
WEEKS = (
    "fifteen weeks of project-based learning: every required lesson and assignment, four All-Learner Calls, "
    "and the evaluation"
)
ACCREDITED = (
    "The Institute for Healthcare Improvement is accredited by the Accreditation Council for Continuing "
    "Medical Education (ACCME) to provide continuing medical education for physicians."
)
NAMES = [
    "Ng",
    "Amara Okafor-Lindqvist",
    "Zoë O’Brien-Núñez, DNP, RN, CPHQ",
    "Martin Luther Kingsley, Jr., MD",
    "BARTHOLOMEW CHRISTOPHER WELLINGTON-SMYTHE",
    "Jean-Baptiste Saint-Exupéry-Lacroix de la Tour-du-Pin, MBBS",
    "Alexandria Konstantina Papadimitriou-Featherstonehaugh, PhD",
    LONGEST,
    IN_CAPITALS,
    "Nguyễn Thị Ánh Tuyết",
    "CÔNG TẰNG TÔN NỮ HUYỀN TRÂN NGỌC DIỆU QUỲNH HƯƠNG THẢO UYỂN",
    "Łucja Świętosława Brzęczyszczykiewicz, RN",
    "Ọlábísí Adéṣọlá Ògúnbànjọ",
    "Ελένη Παπαδοπούλου, MD",
    "Екатерина Александровна Рождественская",
    "محمد عبد الرحمن الخطيب",
    "ليلى حسن, MD",
    "נועה בן־דוד",
    "สมชาย ศรีสุขสวัสดิ์",
    "प्रिया शर्मा, MBBS",
    "অনন্যা সেন",
    "王小明",
    "歐陽雅婷",
    "山田 花子",
    "김민준, PharmD",
]
TITLES = [
    "Joy in Work",
    "Leadership and Organizing for Change",
    "Leading Quality Improvement Across Communities, Hospitals and Long-Term Care",
    LONG_TITLE,
]

COMPLETION = PrintedCertificate(
    shape="wide",
    title="Certificate of Completion",
    provider="Institute for Healthcare Improvement",
    name="Zoë O’Brien-Núñez, DNP, RN, CPHQ",
    course="Leadership and Organizing for Change",
    certifies="This certifies that",
    has_done="has completed the online course with coaching",
    statement=(WEEKS,),
    facts=(
        Fact("Course dates", "September 24, 2020\nto January 7, 2021"),
        Fact("Hours of instruction", "9.00", figure=True),
        Fact("Issued", "January 8, 2021\nNo. LOC-2020-0147"),
    ),
    signatures=(Signature("Kate Hilton, JD, MTS", "Lead faculty"),),
    verify_url="https://learn.example.org/verify/7Q4MK2XD9RFT3HWB8N2C",
    code="7Q4MK-2XD9R-FT3HW-B8N2C",
    issued_on=date(2021, 1, 8),
)
PHYSICIAN = replace(
    COMPLETION,
    shape="tall",
    title="Certificate of Credit",
    name="Amara Okafor-Lindqvist, MD",
    certifies="The Institute for Healthcare Improvement certifies that",
    has_done="has participated in the live and enduring activity titled",
    awarded="September 24, 2020, to January 7, 2021, and is awarded",
    award_value="7.50",
    award_unit="AMA PRA Category 1 Credits™",
    statement=(
        ACCREDITED,
        "This activity is designated for a maximum of 9.00 *AMA PRA Category 1 Credits*™.",
    ),
    facts=(
        Fact("Physician", "License: New York\nClaimed January 12, 2021"),
        Fact("Issued", "January 12, 2021\nNo. LOC-2020-CE-0031"),
    ),
    sample="SAMPLE · wording not confirmed by the provider · not valid for credit",
)
