"""The book in print: what pages become where nothing moves and nothing scrolls."""
