"""The live preview: one process that keeps a book in memory and shows each edit at once.

It renders with the builder of :mod:`polybook.publish` into a folder of its own, page by page as
they are looked at, and never touches the website or what builds of it keep.
"""
