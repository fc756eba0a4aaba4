"""Portable documents (PDF): the plumbing, no meaning.

pages      what stands where on every page, and pages as pictures (PDFium)
lines      the characters of a document in lines and in reading order, without page numbers
places     where the characters of a text stand
streams    the operators that show text, glyph by glyph (pikepdf)
spots      from the characters of a text to those glyphs
erasing    characters taken off their pages
forgetting what a file says of people and does by itself, taken out
assembly   a file as pieces, of which some are exchanged for every copy
"""
