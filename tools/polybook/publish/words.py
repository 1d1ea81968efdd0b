"""The words of the website's interface by language.

English stands in for what a language lacks. A word with ``{…}`` is filled in by whoever shows it.
"""

from __future__ import annotations

from collections.abc import Mapping

_ENGLISH = {
    "search": "Search",
    "search_the_book": "Search the book",
    "close": "Close",
    "clear": "Clear",
    "search_results": "Search results",
    "symbols": "Symbols",
    "searching": "Searching…",
    "no_results": "Nothing found for “{query}”.",
    "no_results_for": "Nothing found for “{query}” in {framework}.",
    "one_result": "1 result",
    "results": "{count} results",
    "results_for": "{results} in {framework}",
    "some_words": "No page has all of these words. Pages with some of them: {results}",
    "more": "Show more",
    "one_more_for": "1 more result for {framework}",
    "more_for": "{count} more results for {framework}",
    "back_to": "Back to {framework}",
    "more_matches": "{count} more places on this page",
    "hint": "Type words, a sentence, or a name from the code.",
    "keys": "↑ ↓ to choose, Enter to open, Esc to close",
    "needs_scripts": "Searching needs JavaScript, which is switched off in this browser.",
    "needs_server": "Search works where the pages come from a server, not from a folder of files. "
    "Run “python -m http.server” in that folder and open the address that it names.",
    "failed": "The search index could not be loaded.",
}
_WORDS: dict[str, dict[str, str]] = {
    "en": _ENGLISH,
    "zh": {
        "search": "搜索",
        "search_the_book": "搜索本书",
        "close": "关闭",
        "clear": "清除",
        "search_results": "搜索结果",
        "symbols": "符号",
        "searching": "正在搜索…",
        "no_results": "没有找到“{query}”。",
        "no_results_for": "在 {framework} 中没有找到“{query}”。",
        "one_result": "1 条结果",
        "results": "{count} 条结果",
        "results_for": "{framework} 中有 {results}",
        "some_words": "没有同时包含这些词的页面。包含其中一部分的页面：{results}",
        "more": "显示更多",
        "one_more_for": "{framework} 还有 1 条结果",
        "more_for": "{framework} 还有 {count} 条结果",
        "back_to": "返回 {framework}",
        "more_matches": "本页还有 {count} 处",
        "hint": "输入词语、句子或代码中的名称。",
        "keys": "↑ ↓ 选择，Enter 打开，Esc 关闭",
        "needs_scripts": "搜索需要 JavaScript，而此浏览器已将其关闭。",
        "needs_server": "只有通过服务器打开页面时才能搜索。"
        "请在该文件夹中运行“python -m http.server”，然后打开它给出的地址。",
        "failed": "无法载入搜索索引。",
    },
    "ja": {
        "search": "検索",
        "search_the_book": "この本を検索",
        "close": "閉じる",
        "clear": "消去",
        "search_results": "検索結果",
        "symbols": "シンボル",
        "searching": "検索中…",
        "no_results": "「{query}」は見つかりませんでした。",
        "no_results_for": "{framework} では「{query}」は見つかりませんでした。",
        "one_result": "1 件",
        "results": "{count} 件",
        "results_for": "{framework} で {results}",
        "some_words": "すべての語を含むページはありません。一部の語を含むページ：{results}",
        "more": "さらに表示",
        "one_more_for": "{framework} にはあと 1 件あります",
        "more_for": "{framework} にはあと {count} 件あります",
        "back_to": "{framework} に戻る",
        "more_matches": "このページにあと {count} か所",
        "hint": "語、文、またはコードの名前を入力してください。",
        "keys": "↑ ↓ で選択、Enter で開く、Esc で閉じる",
        "needs_scripts": "検索には JavaScript が必要ですが、このブラウザーでは無効になっています。",
        "needs_server": "検索できるのは、ページがサーバーから届く場合だけです。"
        "フォルダーで「python -m http.server」を実行し、表示されたアドレスを開いてください。",
        "failed": "検索インデックスを読み込めませんでした。",
    },
    "ko": {
        "search": "검색",
        "search_the_book": "이 책에서 검색",
        "close": "닫기",
        "clear": "지우기",
        "search_results": "검색 결과",
        "symbols": "기호",
        "searching": "검색 중…",
        "no_results": "“{query}”에 대한 결과가 없습니다.",
        "no_results_for": "{framework}에서 “{query}”에 대한 결과가 없습니다.",
        "one_result": "결과 1개",
        "results": "결과 {count}개",
        "results_for": "{framework}: {results}",
        "some_words": "모든 낱말이 있는 페이지가 없습니다. 일부가 있는 페이지: {results}",
        "more": "더 보기",
        "one_more_for": "{framework}에 결과가 1개 더 있습니다",
        "more_for": "{framework}에 결과가 {count}개 더 있습니다",
        "back_to": "{framework}(으)로 돌아가기",
        "more_matches": "이 페이지에 {count}곳 더",
        "hint": "낱말, 문장 또는 코드의 이름을 입력하세요.",
        "keys": "↑ ↓ 선택, Enter 열기, Esc 닫기",
        "needs_scripts": "검색에는 JavaScript가 필요하지만 이 브라우저에서는 꺼져 있습니다.",
        "needs_server": "검색은 페이지를 서버에서 열 때만 됩니다. "
        "폴더에서 “python -m http.server”를 실행하고 나오는 주소를 여세요.",
        "failed": "검색 색인을 불러올 수 없습니다.",
    },
}


def words(language: str | None) -> Mapping[str, str]:
    """Return the words of a language such as ``zh_CN`` or ``pt-BR``, in English where it has none.

    The whole code is looked up before its first part, so that a variant may differ.
    """
    code = (language or "en").replace("-", "_")
    main = code.partition("_")[0].lower()
    return {**_ENGLISH, **_WORDS.get(main, {}), **_WORDS.get(code, {})}
