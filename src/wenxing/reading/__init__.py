"""From any file to a `Document`, and what a reader of the trade sees in it at a glance.

read       bytes → paragraphs with roles and a way back to the file
publishable  the same, and a scanned PDF as pages without text
outline    headings and inline leads: 一、（一）1. 第一 一是
promotion  the service's own lines around the text
without    the file again, some paragraphs removed
neutral    the file again, nothing left of the people who wrote it
modern     a file of an older word processor as .docx, any other as it is
bounded    reading a stranger's file in a process of its own, with limits (a module)
"""

from wenxing.reading.files import publishable, read, without
from wenxing.reading.neutral import neutral
from wenxing.reading.office import modern
from wenxing.reading.outlines import OutlineEntry, outline
from wenxing.reading.promotions import promotion

__all__ = ["OutlineEntry", "modern", "neutral", "outline", "promotion", "publishable", "read", "without"]
