"""``python -m polybook``."""

from polybook.command import main

main()
