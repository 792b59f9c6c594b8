"""The people of the demo's two courses. None of them exists; `example` is a domain no one can own."""

from typing import Any


def _learner(
    sub: str, given: str, family: str, zone: str, username: str, *, email: bool = True, featured: bool = False
) -> dict[str, Any]:
    person: dict[str, Any] = {
        "sub": sub,
        "username": username,
        "given_name": given,
        "family_name": family,
        "timezone": zone,
        "institution_roles": ["Student"],
        "featured": featured,
    }
    if email:
        person["email"] = f"{username}@northvalley.example"
    return person


STAFF: list[dict[str, Any]] = [
    {
        "sub": "2",
        "username": "ada",
        "given_name": "Ada",
        "family_name": "Whitfield",
        "email": "ada@northvalley.example",
        "institution_roles": ["Administrator"],
        "system_roles": ["Administrator"],
        "featured": True,
        "note": "Site administrator, enrolled in no course",
    },
    {
        "sub": "3",
        "username": "tina",
        "given_name": "Tina",
        "family_name": "Marlowe",
        "email": "tina@northvalley.example",
        "institution_roles": ["Faculty"],
        "featured": True,
    },
    {
        "sub": "4",
        "username": "nora",
        "given_name": "Nora",
        "family_name": "Åberg",
        "email": "nora@northvalley.example",
        "institution_roles": ["Student"],
        "featured": True,
    },
    {
        "sub": "8",
        "username": "olga",
        "given_name": "Olga",
        "family_name": "Petrova",
        "email": "olga@northvalley.example",
        "institution_roles": ["Observer"],
        "featured": True,
        "note": "May look on, is no learner",
    },
    {
        "sub": "9",
        "username": "teststudent",
        "given_name": "Test",
        "family_name": "Student",
        "featured": True,
        "test_user": True,
        "note": "What a teacher sees in student view",
    },
]

# Fall cohort, mid-course.
FALL = [
    _learner("21", "Sam", "Rivera", "America/Chicago", "sam.rivera", featured=True),
    _learner("22", "Zoë", "Nguyễn-O'Brien", "America/New_York", "zoe.nguyenobrien", featured=True),
    _learner(
        "23", "عبد الرحمن محمد صلاح الدين", "الأنصاري الخزرجي المصري", "Africa/Cairo", "user23", featured=True
    ),
    _learner("24", "Hana", "Quiet", "America/New_York", "hana.quiet", email=False, featured=True),
    _learner("25", "Amara", "Okafor", "Africa/Lagos", "amara.okafor", featured=True),
    _learner("26", "Leilani", "Kahananui", "Pacific/Honolulu", "leilani.kahananui"),
    _learner("27", "Abiodun", "Adeyemi", "Africa/Lagos", "abiodun.adeyemi"),
    _learner("28", "Kwame", "Boateng", "Africa/Accra", "kwame.boateng"),
    _learner("29", "Þórdís", "Björnsdóttir", "Atlantic/Reykjavik", "thordis.bjornsdottir"),
    _learner("30", "Fatoumata", "Diallo", "America/New_York", "fatoumata.diallo"),
    _learner(
        "31", "Ana Beatriz", "Figueiredo dos Santos", "America/Sao_Paulo", "anabeatriz.figueiredodossantos"
    ),
    _learner("32", "Sarah", "Goldberg", "America/New_York", "sarah.goldberg"),
    _learner("33", "Thị Hồng Nhung", "Nguyễn", "Asia/Ho_Chi_Minh", "thihongnhung.nguyen"),
    _learner("34", "Zainab", "Hussein", "America/Chicago", "zainab.hussein"),
    _learner("35", "María José", "Ibáñez Ortega", "America/Mexico_City", "mariajose.ibanezortega"),
    _learner("36", "Min-jun", "Kim", "Asia/Seoul", "minjun.kim"),
    _learner("37", "Dmytro", "Kovalenko", "Europe/Kyiv", "dmytro.kovalenko"),
    _learner("38", "Siobhán", "Ní Bhriain", "Europe/Dublin", "siobhan.nibhriain"),
    _learner("39", "Petra", "Nováková", "Europe/Prague", "petra.novakova"),
    _learner("40", "Tāne", "Ngata", "Pacific/Auckland", "tane.ngata"),
    _learner("41", "Chidinma", "Okonkwo", "America/New_York", "chidinma.okonkwo"),
    _learner("42", "Jean-Baptiste", "Ouédraogo", "Africa/Ouagadougou", "jeanbaptiste.ouedraogo"),
    _learner("43", "Olufunmilayo", "Oyelaran-Wright", "America/New_York", "olufunmilayo.oyelaranwright"),
    _learner("44", "Nadia", "Rahman", "Asia/Dhaka", "nadia.rahman"),
    _learner("45", "Ingrid", "Søndergaard", "Europe/Copenhagen", "ingrid.sondergaard"),
    _learner("46", "Priya", "Venkataraman", "Asia/Kolkata", "priya.venkataraman"),
    _learner("47", "Łukasz", "Wiśniewski", "Europe/Warsaw", "lukasz.wisniewski"),
    _learner("48", "Ayşe", "Yılmaz", "Europe/Istanbul", "ayse.yilmaz"),
    _learner("49", "伟", "张", "Asia/Shanghai", "user49"),
    _learner("50", "Tom", "Baker", "America/New_York", "tom.baker"),
    _learner("51", "Rosa", "Delgado", "America/Denver", "rosa.delgado"),
    _learner("52", "Daniel", "Weiss", "America/New_York", "daniel.weiss"),
    _learner("53", "Grace", "Kimani", "Africa/Nairobi", "grace.kimani"),
    _learner("54", "Hiroshi", "田中", "Asia/Tokyo", "hiroshi"),
    _learner("55", "Ewa", "Zając", "Europe/Warsaw", "ewa.zajac"),
    _learner("56", "Marcus", "Bell", "America/Chicago", "marcus.bell"),
    _learner("57", "Aaliyah", "Johnson", "America/New_York", "aaliyah.johnson"),
    _learner("58", "Pedro", "Quispe", "America/Lima", "pedro.quispe"),
    _learner("59", "Sean", "O'Malley & Sons", "Europe/Dublin", "sean.omalleysons"),
    _learner("60", "Sukarno", "", "Asia/Jakarta", "sukarno"),
]

# Ended cohort.
ENDED = [
    _learner("71", "Elena", "Marchetti", "Europe/Rome", "elena.marchetti", featured=True),
    _learner("72", "Björn", "Åkesson", "Europe/Stockholm", "bjorn.akesson", featured=True),
    _learner("73", "ณัฐวุฒิ", "วงศ์สวัสดิ์พัฒนาพงษ์กุล", "Asia/Bangkok", "user73", featured=True),
    _learner("74", "Miriam", "Cohen", "America/New_York", "miriam.cohen", email=False),
    _learner("75", "Devon", "Carter", "America/New_York", "devon.carter"),
    _learner("76", "Ximena", "Álvarez", "America/Bogota", "ximena.alvarez"),
    _learner("77", "Aroha", "Tamati", "Pacific/Auckland", "aroha.tamati"),
    _learner("78", "Babajide", "Ogunleye", "Africa/Lagos", "babajide.ogunleye"),
    _learner("79", "Caitlín", "de Búrca", "Europe/Dublin", "caitlin.deburca"),
    _learner("80", "Dalia", "Haddad", "Asia/Beirut", "dalia.haddad"),
    _learner("81", "Emeka", "Nwosu", "America/New_York", "emeka.nwosu"),
    _learner("82", "Franziska", "Müller-Lüdenscheidt", "Europe/Berlin", "franziska.mullerludenscheidt"),
    _learner("83", "Gulnara", "Akhmetova", "Asia/Almaty", "gulnara.akhmetova"),
    _learner("84", "Haruka", "Sato", "Asia/Tokyo", "haruka.sato"),
    _learner("85", "Ibrahim", "Traoré", "Africa/Bamako", "ibrahim.traore"),
    _learner("86", "Jasmine", "Brooks", "America/New_York", "jasmine.brooks"),
    _learner("87", "Kateryna", "Shevchenko", "Europe/Kyiv", "kateryna.shevchenko"),
    _learner("88", "Luís", "Gonçalves", "Europe/Lisbon", "luis.goncalves"),
    _learner("89", "Mei-Ling", "Chen", "Asia/Taipei", "meiling.chen"),
    _learner("90", "Nikolaos", "Papadopoulos", "Europe/Athens", "nikolaos.papadopoulos"),
    _learner("91", "Oyelola", "Adebayo", "Africa/Lagos", "oyelola.adebayo"),
    _learner("92", "Parisa", "Moradi", "America/Los_Angeles", "parisa.moradi"),
    _learner("93", "Quentin", "Lefèvre", "Europe/Paris", "quentin.lefevre"),
    _learner("94", "Ritu", "Sharma", "Asia/Kolkata", "ritu.sharma"),
    _learner("95", "Stanisław", "Dąbrowski", "Europe/Warsaw", "stanislaw.dabrowski"),
    _learner("96", "Tereza", "Horáková", "Europe/Prague", "tereza.horakova"),
    _learner("97", "Uchenna", "Eze", "America/New_York", "uchenna.eze"),
    _learner("98", "Valentina", "Rojas", "America/Santiago", "valentina.rojas"),
    _learner("99", "William", "Redhawk", "America/Denver", "william.redhawk"),
    _learner("100", "Xiu", "林", "Asia/Singapore", "user100"),
    _learner("101", "Yusuf", "Demir", "Europe/Istanbul", "yusuf.demir"),
    _learner("102", "Zofia", "Krawczyk", "Europe/Warsaw", "zofia.krawczyk"),
    _learner("103", "Adelaide", "Mensah", "Africa/Accra", "adelaide.mensah"),
    _learner("104", "Benjamín", "Castillo", "America/New_York", "benjamin.castillo"),
    _learner("105", "Chiamaka", "Obi", "America/New_York", "chiamaka.obi"),
    _learner("106", "Davit", "Hakobyan", "Asia/Yerevan", "davit.hakobyan"),
    _learner("107", "Eun-ji", "Park", "Asia/Seoul", "eunji.park"),
    _learner("108", "Femi", "Bakare", "America/New_York", "femi.bakare"),
    _learner("109", "Gerrit", "van der Heijden", "Europe/Amsterdam", "gerrit.vanderheijden"),
    _learner("110", "Hannah", "Lindqvist", "America/Chicago", "hannah.lindqvist"),
]

# The small seed of tests: what a recorded Moodle course held, and the hard cases.
TEST_SEED: dict[str, Any] = {
    "school": "Example School",
    "people": [
        {
            "sub": "2",
            "username": "ada",
            "given_name": "Admin",
            "family_name": "User",
            "email": "admin@school.example",
            "institution_roles": ["Administrator"],
            "system_roles": ["Administrator"],
        },
        {
            "sub": "3",
            "username": "tina",
            "given_name": "Tina",
            "family_name": "Teacher",
            "email": "tina@school.example",
        },
        {
            "sub": "4",
            "username": "nora",
            "given_name": "Nora",
            "family_name": "Assistant",
            "email": "n@school.example",
        },
        {
            "sub": "5",
            "username": "sam",
            "given_name": "Sam",
            "family_name": "Student",
            "email": "sam@school.example",
        },
        {
            "sub": "6",
            "username": "zoe",
            "given_name": "ณัฐวุฒิ Zoë Đặng 李",
            "family_name": "วงศ์สวัสดิ์พัฒนาพงษ์กุล Nuñez-Łukasiewicz",
            "email": "zoe@school.example",
        },
        {
            "sub": "7",
            "username": "obrien",
            "given_name": "Sean <Jr>",
            "family_name": "O'Brien & Co",
            "email": "obrien@school.example",
        },
        {"sub": "10", "username": "quiet", "given_name": "Hana", "family_name": "Quiet"},
        {
            "sub": "8",
            "username": "olga",
            "given_name": "Olga",
            "family_name": "Observer",
            "email": "o@school.example",
        },
        {"sub": "9", "username": "test", "given_name": "Test", "family_name": "Student", "test_user": True},
        {
            "sub": "11",
            "username": "eve",
            "given_name": "Eve",
            "family_name": "Elsewhere",
            "email": "e@school.example",
        },
    ],
    "courses": [
        {
            "id": "2",
            "label": "LOC",
            "title": "Leadership & Organizing – “Spring” 2027",
            "members": [
                {"sub": "3", "role": "teacher"},
                {"sub": "4", "role": "teaching_assistant"},
                {"sub": "5", "role": "learner"},
                {"sub": "6", "role": "learner"},
                {"sub": "7", "role": "learner"},
                {"sub": "10", "role": "learner"},
                {"sub": "8", "role": "observer"},
                {"sub": "9", "role": "learner"},
            ],
            "links": [
                {"id": "1", "title": "Course home", "custom": {"destination": "home"}, "graded": True},
                {
                    "id": "2",
                    "title": 'Lesson 1 & "checklist"',
                    "custom": {"destination": "lesson:1"},
                    "graded": True,
                },
                {
                    "id": "3",
                    "title": "Asset map",
                    "custom": {"destination": "work:asset-map"},
                    "graded": True,
                },
                {
                    "id": "4",
                    "title": "Call 1",
                    "custom": {"destination": "call:1"},
                    "graded": True,
                    "opens_in": "window",
                },
                {"id": "5", "title": "My record", "custom": {"destination": "record"}},
            ],
        },
        {
            "id": "3",
            "label": "OTHER",
            "title": "Another course",
            "members": [{"sub": "3", "role": "teacher"}, {"sub": "11", "role": "learner"}],
            "links": [{"id": "21", "title": "Home of the other course", "graded": True}],
        },
    ],
}
