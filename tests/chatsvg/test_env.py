import pytest
from django.core.exceptions import ImproperlyConfigured

from chatsvg import env
from chatsvg.ids import parse_id


@pytest.fixture
def variable(monkeypatch):
    """Sets, or with None unsets, the variable that the tests read."""

    def put(value):
        if value is None:
            monkeypatch.delenv("CHATSVG_X", raising=False)
        else:
            monkeypatch.setenv("CHATSVG_X", value)

    return put


@pytest.mark.parametrize(
    ("value", "read"), [(None, "else"), ("", "else"), (" \t", "else"), (" a b ", "a b"), ("0", "0")]
)
def test_text_is_trimmed_or_the_default(variable, value, read):
    variable(value)

    assert env.text("CHATSVG_X", "else") == read


@pytest.mark.parametrize("word", ["1", "true", "TRUE", "Yes", "on", " on "])
def test_flag_is_raised(variable, word):
    variable(word)

    assert env.flag("CHATSVG_X", default=False) is True


@pytest.mark.parametrize("word", ["0", "false", "False", "NO", "off"])
def test_flag_is_lowered(variable, word):
    variable(word)

    assert env.flag("CHATSVG_X", default=True) is False


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("word", [None, "", "  "])
def test_flag_without_a_word_is_the_default(variable, word, default):
    variable(word)

    assert env.flag("CHATSVG_X", default=default) is default


@pytest.mark.parametrize("word", ["maybe", "2", "y", "tru"])
def test_flag_that_is_no_flag_stops_the_start_by_name(variable, word):
    variable(word)

    with pytest.raises(ImproperlyConfigured, match="CHATSVG_X must be true or false"):
        env.flag("CHATSVG_X", default=True)


@pytest.mark.parametrize(("word", "read"), [(None, 7), ("", 7), ("0", 0), (" 42 ", 42), ("007", 7)])
def test_number_is_read_or_the_default(variable, word, read):
    variable(word)

    assert env.number("CHATSVG_X", 7) == read


@pytest.mark.parametrize("word", ["-1", "1.5", "1e3", "ten", "1_000", "²", "0x10"])
def test_number_that_is_none_stops_the_start_by_name(variable, word):
    variable(word)

    with pytest.raises(ImproperlyConfigured, match="CHATSVG_X must be a whole number"):
        env.number("CHATSVG_X", 7)


@pytest.mark.parametrize(
    ("value", "read"),
    [(None, ["x", "y"]), ("a", ["a"]), (" a , b,", ["a", "b"]), (",", []), ("a,,b", ["a", "b"])],
)
def test_words_are_a_list_without_blanks(variable, value, read):
    variable(value)

    assert env.words("CHATSVG_X", "x,y") == read


ID = "0198c0de-0000-7000-8000-00000000abcd"


@pytest.mark.parametrize("text", [ID, ID.upper()])
def test_id_is_read_in_its_own_spelling(text):
    assert str(parse_id(text)) == ID


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "\0",
        ID.replace("-", ""),
        f"{{{ID}}}",
        f"urn:uuid:{ID}",
        f" {ID}",
        f"{ID}\n",
        ID[:-1],
        ID[:-1] + "\ud800",
        ID[:-1] + "\u0661",
        "9" * 5000,
    ],
)
def test_id_in_any_other_spelling_names_nothing(text):
    assert parse_id(text) is None


@pytest.mark.parametrize(("word", "value"), [("", "Lax"), ("none", "None"), ("STRICT", "Strict")])
def test_choice_knows_its_words_in_any_case(monkeypatch, word, value):
    monkeypatch.setenv("SOME_WORD", word)

    assert env.choice("SOME_WORD", ("Lax", "Strict", "None")) == value


def test_choice_of_something_else_stops_the_start(monkeypatch):
    monkeypatch.setenv("SOME_WORD", "Bogus")

    with pytest.raises(ImproperlyConfigured, match="SOME_WORD must be one of Lax, Strict"):
        env.choice("SOME_WORD", ("Lax", "Strict"))


@pytest.mark.parametrize(("word", "read"), [(None, ""), (" a-[0-9]+ ", "a-[0-9]+")])
def test_pattern_is_a_regular_expression(variable, word, read):
    variable(word)

    assert env.pattern("CHATSVG_X") == read


def test_pattern_that_is_none_stops_the_start_by_name(variable):
    variable("https://(a|b.example")

    with pytest.raises(ImproperlyConfigured, match="CHATSVG_X is no regular expression: missing"):
        env.pattern("CHATSVG_X")


@pytest.mark.parametrize(
    ("word", "read"),
    [(None, "http://a:1"), ("https://b.example/", "https://b.example"), ("http://[::1]:8", None)],
)
def test_origin_has_no_slash_at_its_end(variable, word, read):
    variable(word)

    assert env.origin("CHATSVG_X", "http://a:1") == (read or word)


@pytest.mark.parametrize(
    "word",
    ["localhost:5173", "b.example", "//b.example", "ftp://b.example", "https://", "http://b/c"],
)
def test_origin_that_is_none_stops_the_start_by_name(variable, word):
    variable(word)

    with pytest.raises(ImproperlyConfigured, match="CHATSVG_X must be like https"):
        env.origin("CHATSVG_X", "http://a:1")
