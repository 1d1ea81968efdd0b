"""``_config.yml``: Jupyter Book's configuration with one more section, ``polybook:``.

::

    polybook:
      frameworks:              # in the order of the tabs; the first is the default
        pytorch:
          title: PyTorch       # what readers see; the name itself if left out
          library: d2l.torch   # module that the saved cells become
          environment: book/environments/pytorch.txt   # pinned requirements

``library`` left out: the framework's saved cells go nowhere. ``environment``
left out: notebooks run in the Python that runs polybook. More settings of a
framework::

          preamble: book/preamble/torch.py   # hand-written head of its library
          warm: false             # its imports do not survive a fork: start each kernel anew
          variables: {NAME: value}   # of its kernels; see :mod:`polybook.book.variables`
          aliases:                # neutral calls in chapters, native ones for readers
            module: torch         # `simple` names are taken from it
            simple: {ones: ones, concat: cat}           # d2l.concat(x) -> torch.cat(x)
            fluent: {numpy: detach().numpy}             # d2l.numpy(x) -> x.detach().numpy()
            reverse: {'d2l\\.size\\((\\w+)\\)': '\\1.size'}   # regular expressions
            definitions: |        # what the library defines for the other aliases
              nn_Module = nn.Module

And of the book::

      untagged: default           # a cell without a pragma: the default framework, or `all`
      ignore: [missing-alt-text]  # warnings that `polybook check` leaves out
      needs: {time: 60 s, memory: 2 GiB}   # of every chapter; see :mod:`polybook.book.needs`
      store: {url: s3://bucket/book}       # shared outputs; see :mod:`polybook.book.sharing`
      launch:                     # where readers run notebooks; see :mod:`polybook.book.launch`
        notebooks: https://github.com/ORG/REPO/tree/gh-pages/launch
        services: [colab, kaggle]
      discussion: {url: 'https://forum.example.org/tag/{framework}'}
                                  # or a thread on each page; see :mod:`polybook.book.discussion`
      translations: {zh: https://zh.example.org}   # the same pages in other languages
      print: {layout: print, size: 178mm x 254mm, links: none}   # see :mod:`polybook.book.paper`

What Jupyter Book has for a website counts as well: ``html: baseurl``, ``repository``, the buttons
of ``html``, ``launch_buttons`` and ``html: comments``; see :mod:`polybook.book.website`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
from myst_parser.config.main import MdParserConfig

from polybook.book.needs import NEEDS, NO_NEEDS, Needs, read_needs
from polybook.book.paper import Paper, read_paper
from polybook.book.sharing import SETTINGS, Sharing, read_sharing
from polybook.book.variables import Variables, read_variables
from polybook.book.website import Website, read_website
from polybook.book.yaml_file import YamlFile
from polybook.source import MYST_EXTENSIONS

SECTIONS = (
    "frameworks",
    "untagged",
    "ignore",
    "needs",
    "store",
    "launch",
    "discussion",
    "translations",
    "print",
)
CONFIG_FILE = "_config.yml"
BUILD_FOLDER = "_build"
# Jupyter Book's own choice, where a book makes none.
_URL_SCHEMES = ["mailto", "http", "https"]
_NAME = re.compile(r"^[a-z][a-z0-9_-]*$")
_MODULE = re.compile(r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")


@attrs.frozen
class Aliases:
    """Neutral calls of the library in chapters, and what readers see instead.

    Attributes:
        module: The framework's own module, as the library imports it.
        simple: Pairs of a name and its native name in ``module``.
        fluent: Pairs of a name and the native method, perhaps with a chain.
        reverse: Pairs of a regular expression and its replacement.
        definitions: Python text that defines aliases in the library.
    """

    module: str = ""
    simple: tuple[tuple[str, str], ...] = ()
    fluent: tuple[tuple[str, str], ...] = ()
    reverse: tuple[tuple[str, str], ...] = ()
    definitions: str = ""

    def __bool__(self) -> bool:
        return bool(self.simple or self.fluent or self.reverse or self.definitions)


@attrs.frozen
class Framework:
    """One framework of the book.

    Attributes:
        name: What authors write in ``#@tab``.
        title: What readers see.
        library: Dotted name of the library module; empty without one.
        environment: Requirements file relative to the book; empty without one.
        preamble: Hand-written head of the library, relative to the book; empty
            without one.
        aliases: Its aliases.
        warm: Whether kernels may be forked from a process that has its imports done.
        variables: Environment variables that its kernels get.
        line: Line in ``_config.yml`` that declares it.
        environment_line: Line there that names the requirements file.
    """

    name: str
    title: str
    library: str
    environment: str
    preamble: str
    aliases: Aliases
    warm: bool
    variables: Variables
    line: int
    environment_line: int

    @property
    def library_path(self) -> str:
        """Path of the library module relative to the book."""
        return self.library.replace(".", "/") + ".py"


@attrs.frozen
class Config:
    """What polybook takes from ``_config.yml``.

    Attributes:
        title: The book's title.
        author: Who wrote it; empty if it does not say.
        copyright: The year, or a whole line; empty if it does not say.
        frameworks: In the order of the tabs; the first is the default.
        untagged: Whether a cell without a pragma belongs to the ``default``
            framework or to ``all``.
        ignore: Codes of the warnings that are left out.
        ignore_line: Line in ``_config.yml`` that names them.
        needs: What a chapter needs that does not say otherwise.
        sharing: Where outputs are shared.
        website: What its pages link to, and where they will be served.
        paper: What it is printed on.
        bibliographies: BibTeX files relative to the book.
        extensions: Extensions of Sphinx that the book adds.
        myst: Settings of the MyST parser.
        mathjax: Settings of MathJax, ``mathjax3_config`` of Sphinx.
        continuous: Whether chapters count on from part to part, ``use_multitoc_numbering`` of
            Jupyter Book.
    """

    title: str
    author: str
    copyright: str
    frameworks: tuple[Framework, ...]
    untagged: str
    ignore: tuple[str, ...]
    ignore_line: int
    needs: Needs
    sharing: Sharing
    website: Website
    paper: Paper
    bibliographies: tuple[str, ...]
    extensions: tuple[str, ...]
    myst: MdParserConfig = attrs.field(repr=False)
    mathjax: Mapping[str, Any] = attrs.field(repr=False, factory=dict, eq=False)
    continuous: bool = True

    @property
    def base_url(self) -> str:
        """Where the website will be served; empty if not known."""
        return self.website.base_url

    @property
    def framework_names(self) -> tuple[str, ...]:
        """Names of the frameworks in order."""
        return tuple(framework.name for framework in self.frameworks)

    def framework(self, name: str) -> Framework:
        """Return the framework called ``name``; raises ``KeyError`` if there is none."""
        for framework in self.frameworks:
            if framework.name == name:
                return framework
        raise KeyError(name)


def load_config(folder: Path) -> Config:
    """Read ``_config.yml`` in ``folder``.

    Raises:
        BookError: It is missing, unreadable or wrong, with the line.
    """
    file = YamlFile(
        folder, CONFIG_FILE, "a book folder holds _config.yml, _toc.yml and its chapters"
    )
    if not isinstance(file.data, dict):
        raise file.error("invalid-config", "_config.yml is no mapping of keys to values")
    sphinx = file.mapping("sphinx", "config")
    bibliographies = sphinx.get("bibtex_bibfiles") or []
    extensions = file.mapping("sphinx").get("extra_extensions") or []
    return Config(
        title=str(file.data.get("title") or "My Jupyter Book"),
        author=_named(file, sphinx, "author"),
        copyright=_named(file, sphinx, "copyright"),
        frameworks=_frameworks(file),
        untagged=_untagged(file),
        ignore=_ignore(file),
        ignore_line=file.line("polybook", "ignore"),
        needs=_needs(file),
        sharing=_sharing(file),
        website=read_website(file),
        paper=read_paper(file),
        bibliographies=tuple(str(name) for name in _as_list(bibliographies)),
        extensions=tuple(str(name) for name in _as_list(extensions)),
        myst=_myst(file, sphinx),
        mathjax=file.mapping("sphinx", "config", "mathjax3_config"),
        continuous=_continuous(file, sphinx),
    )


def _continuous(file: YamlFile, sphinx: Mapping[str, Any]) -> bool:
    name = "use_multitoc_numbering"
    return bool(sphinx.get(name, file.mapping("html").get(name, True)))


def _named(file: YamlFile, sphinx: Mapping[str, Any], key: str) -> str:
    """Return who or what a key names, several after one another."""
    value = sphinx.get(key) or file.data.get(key) or ""
    return ", ".join(map(str, _as_list(value)))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _frameworks(file: YamlFile) -> tuple[Framework, ...]:
    section = file.mapping("polybook")
    file.only(section, SECTIONS, "polybook")
    declared = file.mapping("polybook", "frameworks")
    return tuple(_framework(file, str(name)) for name in declared)


def _framework(file: YamlFile, name: str) -> Framework:
    where = ("polybook", "frameworks", name)
    line = file.line(*where)
    if not _NAME.match(name) or name == "all":
        raise file.error(
            "invalid-config",
            f"'{name}' cannot name a framework",
            "use lower-case letters, digits, - and _; 'all' means every framework",
            line,
        )
    given = file.mapping(*where)
    known = ("title", "library", "environment", "preamble", "aliases", "warm", "variables")
    file.only(given, known, *where)
    library = str(given.get("library") or "")
    if library and not _MODULE.match(library):
        raise file.error(
            "invalid-config",
            f"'{library}' is no dotted module name",
            "write the module's import name, such as d2l.torch",
            file.line(*where, "library"),
        )
    warm = given.get("warm", True)
    if not isinstance(warm, bool):
        raise file.error(
            "invalid-config",
            f"'warm' cannot be '{warm}'",
            "write true or false",
            file.line(*where, "warm"),
        )
    return Framework(
        name=name,
        title=str(given.get("title") or name),
        library=library,
        environment=str(given.get("environment") or ""),
        preamble=str(given.get("preamble") or ""),
        aliases=_aliases(file, *where, "aliases"),
        warm=warm,
        variables=read_variables(file, *where, "variables"),
        line=line,
        environment_line=file.line(*where, "environment"),
    )


def _aliases(file: YamlFile, *where: str) -> Aliases:
    given = file.mapping(*where)
    file.only(given, ("module", "simple", "fluent", "reverse", "definitions"), *where)
    for pattern, template in file.mapping(*where, "reverse").items():
        try:
            # The replacement as well: it may name groups.
            re.sub(str(pattern), str(template), "")
        except (re.error, IndexError) as error:
            raise file.error(
                "invalid-config",
                f"'{pattern}: {template}' is no regular expression and its replacement: {error}",
                line=file.line(*where, "reverse", str(pattern)),
            ) from None
    return Aliases(
        module=str(given.get("module") or ""),
        simple=_pairs(file, *where, "simple"),
        fluent=_pairs(file, *where, "fluent"),
        reverse=_pairs(file, *where, "reverse"),
        definitions=str(given.get("definitions") or ""),
    )


def _pairs(file: YamlFile, *where: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(key), str(value)) for key, value in file.mapping(*where).items())


def _untagged(file: YamlFile) -> str:
    value = file.mapping("polybook").get("untagged", "default")
    if value not in ("default", "all"):
        raise file.error(
            "invalid-config",
            f"'untagged' cannot be '{value}'",
            "write default or all",
            file.line("polybook", "untagged"),
        )
    return str(value)


def _ignore(file: YamlFile) -> tuple[str, ...]:
    return tuple(map(str, _as_list(file.mapping("polybook").get("ignore") or [])))


def _needs(file: YamlFile) -> Needs:
    given = file.mapping("polybook", "needs")
    file.only(given, tuple(name for name in NEEDS if name != "data"), "polybook", "needs")
    needs, misread = read_needs(given, NO_NEEDS)
    for each in misread:
        line = file.line("polybook", "needs", each.key)
        raise file.error("invalid-config", each.message, each.suggestion, line)
    return needs


def _sharing(file: YamlFile) -> Sharing:
    where = ("polybook", "store")
    given = file.mapping(*where)
    file.only(given, SETTINGS, *where)
    sharing, misread = read_sharing(given)
    for each in misread:
        line = file.line_of_scalar(each.item) if each.item else file.line(*where, each.key)
        raise file.error("invalid-config", each.message, each.suggestion, line)
    return attrs.evolve(sharing, line=file.line(*where, "url"))


def _myst(file: YamlFile, sphinx: dict[str, Any]) -> MdParserConfig:
    """Return the MyST settings that Jupyter Book arrives at for the same file."""
    parse = file.mapping("parse")
    given = {
        key.removeprefix("myst_"): value
        for key, value in sphinx.items()
        if str(key).startswith("myst_")
    }
    # A list in the book replaces the one that holds without it.
    named = given.get("enable_extensions") or parse.get("myst_enable_extensions")
    given["enable_extensions"] = {*(_as_list(named) if named else MYST_EXTENSIONS), "dollarmath"}
    known = {field.name for field in MdParserConfig.get_fields()}
    schemes = given.get("url_schemes", parse.get("myst_url_schemes", _URL_SCHEMES))
    if isinstance(schemes, list):
        schemes = dict.fromkeys(schemes)
    substitutions = parse.get("myst_substitutions") or {}
    settings = {"dmath_double_inline": True, "substitutions": substitutions, **given}
    settings["url_schemes"] = schemes
    try:
        return MdParserConfig(**{key: settings[key] for key in settings if key in known})
    except (TypeError, ValueError) as error:
        raise file.error(
            "invalid-config",
            f"the MyST settings are wrong: {error}",
            line=file.line("parse", "myst_enable_extensions"),
        ) from None
