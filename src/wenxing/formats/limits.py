"""How much of a file we are ready to take in. Every limit of the engine's readers stands here."""

MIB = 1 << 20

FILE_BYTES = 20 * MIB
"""The largest file that is read."""

CHARACTERS = 2_000_000
"""The longest text, headers and footers included."""

PARAGRAPHS = 200_000
"""The most paragraphs of a document; blank lines count."""

MEMBERS = 4_096
"""The most files inside a container."""

MEMBER_BYTES = 64 * MIB
"""The most that one file inside a container may unpack to."""

XML_BYTES = 32 * MIB
"""The most that a part which is parsed may unpack to."""

TOTAL_BYTES = 200 * MIB
"""The most that a whole container may unpack to."""

RATIO = 200
"""Unpacked over packed bytes of a member, looked at once it has unpacked to `RATIO_FROM`."""

RATIO_FROM = 4 * MIB
"""Below this size no ratio is suspicious: a blank table packs 500 to 1."""

XML_DEPTH = 256
"""The deepest nesting of elements, that of libxml2, which other readers of the same file have."""

NAME_BYTES = 1_024
"""The longest name of a file inside a container."""

PAGES = 2_000
"""The most pages of a PDF."""

SCANS = 30
"""The most pages of a scanned PDF that are read as pictures."""

SCAN_PAGES = 300
"""The most pages of a scanned PDF that is published."""

SCAN_SECONDS = 60.0
"""How long it may take to draw into all pages of a scanned PDF."""

SCAN_PIXELS = 600_000_000
"""The most pixels of a scanned PDF into which a pattern is drawn; the pages beyond get it as a layer."""

TAGS = 1_000_000
"""The most tags and comments of a page."""

MARKDOWN_DEPTH = 80
"""The deepest nesting of lists and quotations; a list item is two levels."""

READ_SECONDS = 20.0
"""How much processor time reading one file of a stranger may take."""

PATIENCE = 4.0
"""How many times its processor time a file may take by the clock: on a busy machine it waits for its turn."""

READ_MEMORY = 1024 * MIB
"""How much memory reading one file of a stranger may take."""

OFFICE_SECONDS = 60.0
"""How long LibreOffice may take with one file, by the clock."""

OFFICE_MEMORY = 4096 * MIB
"""How much address space each of LibreOffice's processes may take; it really uses some 300 MB."""

PIXELS = 64_000_000
"""The most pixels of a picture; a telephone's largest has 50 million."""

PICTURE_SIDE = 4_000
"""Pixels of the longer side to which a picture is made smaller."""

PICTURE_LEAST = 16
"""Pixels of the shorter side."""

PICTURE_SECONDS = 60.0
"""How much processor time reading one picture may take."""

PICTURE_MEMORY = 3072 * MIB
"""How much address space reading one picture may take; it really uses up to 0.7 GB."""
