"""The back of the title page: whose book it is, and where it is found."""

from __future__ import annotations

from polybook.book.config import Config


def imprint_lines(config: Config, edition: str) -> list[str]:
    """Return the lines of the imprint: what the configuration says, and nothing else.

    Args:
        config: The book's configuration.
        edition: Title of the framework whose edition it is; empty without one.
    """
    website = config.website
    rights = config.copyright
    # The year alone, as Jupyter Book has it, or a whole line.
    if rights and config.author and config.author not in rights:
        rights = f"{rights} {config.author}"
    lines = [
        f"{config.title} ({edition})" if edition else config.title,
        f"© {rights}" if rights else "",
        website.base_url,
        website.repository.url if website.repository else "",
    ]
    return [line for line in lines if line]
