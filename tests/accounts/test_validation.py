import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import validation
from chatsvg.errors import Invalid
from chatsvg.text import clean, utf16_length, well_formed

ANY = st.text(st.characters(exclude_categories=())) | st.text("\0 \ud800@aA\u0130", max_size=20)
NEW = {"email": "ada@example.com", "password": "p" * 8, "name": "Ada", "agreedToTerms": True}
FIELDS = [
    (validation.email, "email", "Email"),
    (validation.password, "password", "Password"),
    (validation.name, "name", "Name"),
]


def refusal(check, data) -> str:
    with pytest.raises(Invalid) as refused:
        check(data)
    return str(refused.value)


@pytest.mark.parametrize(("check", "field", "label"), FIELDS)
@pytest.mark.parametrize("value", [7, 0, 1.5, True, False, [], ["a@b.c"], {}, {"a": 1}])
def test_field_of_another_type_must_be_text(check, field, label, value):
    assert refusal(check, {field: value}) == f"{label} must be text"


@pytest.mark.parametrize(("check", "field", "label"), FIELDS)
@pytest.mark.parametrize("data", [{}, None, ""], ids=["absent", "null", "empty"])
def test_field_without_a_value_is_required(check, field, label, data):
    assert refusal(check, data if data == {} else {field: data}) == f"{label} is required"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("\t ada@example.com \n", "ada@example.com"),
        ("\ufeffada@example.com\u3000\ufeff", "ada@example.com"),
        ("\0 ada@exa\0mple.com \0", "ada@example.com"),
        ("a\ud800da@example.com", "ada@example.com"),
        ("ada+svg@example.com", "ada+svg@example.com"),
        ("ÄDA@EXAMPLE.com", "äda@example.com"),
        (f"{'a' * 242}@example.com", f"{'a' * 242}@example.com"),
    ],
)
def test_email_is_trimmed_and_in_lower_case(typed, kept):
    assert validation.email({"email": typed}) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("ada", "@", "@b.c", "ada@", "a da@example.com", "a\u2003@b.c"),
        *('"a@b"@example.com', "a@b.c,d@e.f", "a@b.c;d@e.f", "<a@b.c>", "a@b@c.d", "a\n@b.c"),
    ],
)
def test_email_that_is_not_one_mailbox_is_no_address(typed):
    assert refusal(validation.email, {"email": typed}) == "Invalid email format"


@pytest.mark.parametrize("typed", [" ", "\0", " \0 \ud800 "])
def test_email_of_blanks_is_required(typed):
    assert refusal(validation.email, {"email": typed}) == "Email is required"


def test_lengths_count_as_javascript_does():
    fox = "\U0001f98a"  # one character, two UTF-16 code units
    assert utf16_length(fox) == 2
    assert validation.name({"name": fox * 50}) == fox * 50
    assert "too long" in refusal(validation.name, {"name": fox * 51})
    assert validation.password({"password": fox * 64}) == fox * 64
    assert "too long" in refusal(validation.password, {"password": fox * 65})
    assert validation.password({"password": fox * 4}) == fox * 4
    local = f"{'a' * 242}@example.com"
    assert "too long" in refusal(validation.email, {"email": local.replace("a", fox, 1)})


def test_password_is_kept_as_typed():
    assert validation.password({"password": "  \0 spaces  "}) == "  \0 spaces  "
    assert validation.password({"password": "half \ud83d a pair"}) == "half \ufffd a pair"
    assert validation.password({"password": "a whole \U0001f98a"}) == "a whole \U0001f98a"


def test_registration_ignores_unknown_fields():
    data = {**NEW, "isStaff": True, "credits": 1000}

    assert validation.registration(data) == {k: NEW[k] for k in ("email", "password", "name")}


@given(ANY)
def test_clean_text_can_be_stored_and_is_clean_already(text):
    cleaned = clean(text)

    assert "\0" not in cleaned
    assert cleaned.encode().decode() == cleaned == clean(cleaned)
    assert cleaned == cleaned.strip()


@given(ANY)
def test_well_formed_text_is_utf8_of_the_same_length(text):
    formed = well_formed(text)

    assert well_formed(formed) == formed == formed.encode().decode()
    assert utf16_length(formed) == utf16_length(text)


@given(st.fixed_dictionaries({}, optional={k: ANY | st.none() | st.integers() for k in NEW}))
def test_registration_never_breaks(data):
    """Whatever comes in is refused by name, or can be stored."""
    try:
        valid = validation.registration({**NEW, **data})
    except Invalid:
        return
    assert valid["email"] == valid["email"].lower()
    assert all(value.encode() for value in valid.values())
    assert 0 < len(valid["email"]) <= 254
    assert 0 < len(valid["name"]) <= 100
