"""The inputs of the goldens. Pictures and bands come from a formula, which the Java tests have too; texts are stored."""

import datetime
import random
import unicodedata

import ftfy
import numpy as np


def noise(seed, shape):
    """32 random bits for each index: one multiplication and two shifts, twice."""
    h = np.arange(int(np.prod(shape)), dtype=np.uint64) + np.uint64(seed * 1_000_003)
    for _ in range(2):
        h = (h ^ (h >> np.uint64(16))) * np.uint64(0x45D9F3B) & np.uint64(0xFFFFFFFF)
    return ((h ^ (h >> np.uint64(16))) & np.uint64(0xFFFFFFFF)).reshape(shape)


def picture(seed, height, width):
    """h x w x 3 bytes: noise for even seeds, a slope with a little noise for odd ones."""
    bits = noise(seed, (height, width, 3))
    if seed % 2 == 0:
        return (bits >> np.uint64(24)).astype(np.uint8)
    slope = np.add.outer(np.arange(height) * 3, np.arange(width) * 2)[:, :, None] + np.arange(3) * 40
    return ((slope + (bits >> np.uint64(28)).astype(np.int64)) // 2 % 256).astype(np.uint8)


def bands(seed, height, width):
    """h x w x 12 digital numbers from 0 to 8191, a slope with noise."""
    bits = noise(seed, (height, width, 12))
    slope = np.add.outer(np.arange(height) * 11, np.arange(width) * 7)[:, :, None] + np.arange(12) * 300
    return ((slope + (bits >> np.uint64(22)).astype(np.int64)) % 8192).astype(np.uint16)


# seed, height, width: smaller than every network, larger, odd, of one pixel, long, and of the networks' own sizes
PICTURES = [
    (0, 97, 131),
    (1, 500, 333),
    (2, 385, 383),
    (3, 1, 1),
    (4, 384, 384),
    (5, 384, 384),
    (6, 224, 224),
    (7, 60, 421),
    (8, 613, 259),
    (9, 1068, 1068),
    (10, 225, 259),
]
BANDS = [(0, 384, 384), (1, 97, 131), (2, 224, 224), (3, 385, 383), (4, 1, 1), (5, 128, 128)]


def known(time, latitude, longitude, resolution):
    """What is known of a picture: sensing time in UTC, centre, metres of a pixel."""
    return {"time": datetime.datetime.fromisoformat(time), "latitude": latitude, "longitude": longitude,
            "resolution": resolution}


# One for each of BANDS, among them weeks 1 and 53 of another year than the date's, and a leap day.
KNOWN = [
    known("2024-06-30T10:20:31+00:00", 51.4, 12.3, 10),
    known("2020-12-31T23:59:59+00:00", -3.1, -60.0, 10),
    known("2021-01-02T00:00:00+00:00", 78.2, 15.6, 20),
    known("2024-12-30T13:30:00+00:00", -45.0, 179.9, 10),
    known("2024-02-29T05:00:00+00:00", 0.0, 0.0, 60),
    known("2017-03-27T17:45:00+00:00", -89.9, -123.4, 2.5),
]


def places():
    """Latitude, longitude: poles, antimeridian, longitudes beyond a turn, and anywhere."""
    fixed = [(lat, lon) for lat in (-90, -89.99, -60.5, -0.0, 0, 45, 66.6, 85, 89.9, 90) for lon in
             (-180, -179.9999, -60, 0, 12.3, 179.9999, 180)]
    wrapped = [(10, 190), (10, -170), (10, 370), (10, 10), (-33.3, -530), (-33.3, -170), (80, 720), (80, 0),
               (5.5, 1e6), (5.5, -1e6)]
    generator = random.Random(20261123)
    anywhere = [(generator.uniform(-90, 90), generator.uniform(-180, 180)) for _ in range(220)]
    return [(float(lat), float(lon)) for lat, lon in fixed + wrapped + anywhere]


LAND = ["river", "glacier", "salt evaporation ponds", "snow covered mountains", "vineyard", "solar farm", "port",
        "tropical rainforest", "desert with dunes", "coral reef", "airport runway", "open-pit mine", "rice paddies",
        "dense residential area", "wind turbines", "oil refinery", "stadium", "sea ice", "volcano", "wildfire scar"]
FRAMES = ["a satellite image of {}", "{}", "A Satellite Image Of {}.", "aerial photo: {}!", "  {}\t\n", "THE {}",
          "where's the {}?", "{} (10 m/px)", "no {}, please", "{} & {}", "\u201c{}\u201d \u2013 it\u2019s big",
          "<b>{}</b>", "{}_at_{}", "{}\u00a0{}", "{}&amp;{}", "e.g. {}; i.e. {}", "{}'ll {}'ve {}'s"]
HAND = [
    "", " ", "\n", "\t \r\n", "a", "A", ".", "...", "!?", "_", "__a__b", "'", "\"", "0", "42", "3.14159", "1,000,000 km\u00b2",
    "it's", "IT'S", "we'll they've I'm you're he'd", "''s", "don\u2019t", "\u02bcn", "\u201cquoted\u201d", "\u2018single\u2019", "\u201alow\u201e",
    "&lt;tag&gt;", "&amp;amp;amp;", "&eacute;t&eacute;", "&EACUTE;", "&#233;", "&#xE9;", "&#128;", "&#0;", "&#xD800;", "&#1114112;", "&#59;",
    "&copy 2026", "&notit;", "this&not that", "&CounterClockwiseContourIntegral;", "&ngE;", "&unknown;", "&", "&;", "&#;", "&#x;", "AT&T", "a&b;c",
    "<p>&eacute;</p>", "1 < 2 &lt; 3", "first &eacute;\n<b> &eacute;\nlast &eacute;", "&SZLIG;", "&NTILDE;", "&nTILDE;", "&#8482;", "&thinsp;|&nbsp;|&zwj;",
    "\x00", "a\x00b", "\x01\x02\x03", "\x07bell", "\x1b[31mred\x1b[0m", "\x1b[", "\x7f", "a\x0bb", "a\x0cb", "a\x1cb\x1db\x1eb\x1fb", "\ufeffbom", "a\ufeffb",
    "zero\u200bwidth", "joi\u200dner", "right\u200fto\u200eleft", "\u202erev\u202c", "soft\u00adhyphen", "line\u2028sep\u2029para", "a\r\nb\rc\nd",
    "\u3000ideographic\u3000space", "\u2003em\u2009thin\u202f", "\u1680ogham", "\u205fmath",
    "\uff26\uff35\uff2c\uff2c \uff37\uff49\uff44\uff54\uff48\uff01", "\uff76\uff9e\uff77\uff9e\uff78", "\uffe5\uffe1", "\ufb01ne \ufb02ow \ufb03 \ufb04 \ufb05 \ufb06", "\u0132\u0133 \u0149 \u01c4\u01c5\u01c6 \u01f1\u01f2\u01f3",
    "caf\u00e9", "cafe\u0301", "\u212b \u00c5 A\u030a", "\u1e9b\u0323", "\ud55c\uad6d\uc5b4", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "\u0130stanbul I\u0131i", "\u00df \u1e9e STRASSE",
    "\u039f\u03a3 \u039f\u03a3\u0391 \u03a3 \u1f48\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2", "\u0421\u043f\u0443\u0442\u043d\u0438\u043a \u0420\u0435\u043a\u0430", "\u536b\u661f\u56fe\u50cf \u6cb3\u6d41", "\u885b\u661f\u753b\u50cf \u5ddd", "\u0635\u0648\u0631\u0629 \u0646\u0647\u0631", "\u05e0\u05d4\u05e8 \u05dc\u05d5\u05d5\u05d9\u05df",
    "\u0928\u0926\u0940 \u0915\u0940 \u0909\u092a\u0917\u094d\u0930\u0939", "\u0e41\u0e21\u0e48\u0e19\u0e49\u0e33", "\u10db\u10d3\u10d8\u10dc\u10d0\u10e0\u10d4", "\u1798\u17c1\u1780\u17bb\u1784", "\u12c8\u1295\u12dd", "\u13e3\u13b3\u13a9",
    "\U0001f30d", "\U0001f30d\U0001f30e\U0001f30f", "\U0001f469\u200d\U0001f680", "\U0001f1e9\U0001f1ea \U0001f1eb\U0001f1f7", "\U0001f44d\U0001f3fd", "\u2600\ufe0f", "1\ufe0f\u20e3", "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "\U00010330\U00010331", "\U0001d400\U0001d401\U0001d402", "\U00020000\U00020001", "\U0010ffff", "\ufffd", "\ufffe\uffff", "\ue000", "\uf8ff",
    "\u00b2\u00b3\u00b9 \u00bd \u2153 \u2167 \u2460 \u0663\u0664 \u096a", "x\u0301\u0302\u0303\u0304", "\u00bfqu\u00e9?", "na\u00efve r\u00e9sum\u00e9", "\u2264\u2265\u2260\u00b1\u221e", "\u20ac100 \u00a350 \u00a51000",
    "supercalifragilisticexpialidocious", "a" * 76, "a" * 77, "a" * 300, "ab " * 60, "ab " * 61, "ab " * 62, "ab " * 63, "ab " * 64, "x " * 75, "x " * 76, "x " * 245, "x " * 246, "x " * 247, "x " * 248,
    "word " * 400, "\u6771\u4eac" * 300, "\U0001f30d" * 120, "!" * 500, "." * 64, "1" * 200, " " * 1000, "a\n" * 300, "&amp;" * 200,
    "<start_of_text>", "a <end_of_text> b", "</s>", "<pad>", "<unk>", "\u2581a\u2581b", "<extra_id_0>", "<|endoftext|>",
    "http://example.org/a?b=c&d=e#f", "user@example.org", "C:\\path\\file.txt", "#hashtag @mention", "snake_case camelCase kebab-case", "E=mc^2", "f(x) = {a[i]}", "50%", "$5", "~/dir", "`code`", "a|b", "\\n",
]


def random_text(generator):
    """A few runs of characters, each of one kind."""
    blocks = [(0x20, 0x7E), (0xA0, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x590, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F),
              (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2100, 0x22FF), (0x2500, 0x27BF), (0x3000, 0x30FF), (0x4E00, 0x9FFF),
              (0xAC00, 0xD7A3), (0xFB00, 0xFB4F), (0xFF00, 0xFFEF), (0x1F300, 0x1F6FF), (0x1F900, 0x1F9FF), (0x0, 0x1F)]
    text = ""
    for _ in range(generator.randint(1, 6)):
        first, last = generator.choice(blocks)
        text += "".join(chr(generator.randint(first, last)) for _ in range(generator.randint(1, 12)))
        text += generator.choice(["", " ", " the ", "\n", ", "])
    return text


def looks_wrongly_decoded(text):
    """What ftfy takes for a text once decoded with the wrong character set, and repairs; the Java side does not."""
    return ftfy.fix_text(text) != ftfy.fix_text(text, fix_encoding=False)


def texts():
    """At least 2,000 different strings of assigned characters, none of which looks wrongly decoded."""
    generator = random.Random(20261123)
    found = dict.fromkeys(HAND)
    for frame in FRAMES:
        for word in LAND:
            found[frame.replace("{}", word)] = None
    while len(found) < 2400:
        text = random_text(generator)
        if all(unicodedata.category(c) != "Cn" for c in text):
            found[text] = None
    return [text for text in found if not looks_wrongly_decoded(text)]
