import tracemalloc
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone
from PIL import Image

from accounts import doomed
from accounts.models import DoomedFile
from accounts.profile import avatars, pictures
from accounts.profile.errors import BadPicture, PictureTooLarge, StorageAway
from chatsvg.errors import SignedOut
from chatsvg.middleware import BoundedBody
from tests.accounts.profile.pictures import SECRET, animated, bomb, picture, text_bomb, with_exif
from tests.conftest import Api
from tests.pages import Browser, text


@pytest.fixture(autouse=True)
def own_storage(files):
    """No test writes where another reads."""


def stored(files) -> list[str]:
    return [str(path.relative_to(files)) for path in files.rglob("*") if path.is_file()]


def pixels(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_portrait_is_a_small_square_webp_of_every_format(format):
    result = pixels(pictures.portrait(picture(format)))

    assert (result.format, result.size) == ("WEBP", (256, 256))


def test_portrait_stands_upright_and_knows_nothing_of_the_file():
    upload = with_exif()
    assert SECRET in upload

    result = pictures.portrait(upload)

    assert SECRET not in result
    assert set(pixels(result).info) & {"exif", "icc_profile", "xmp"} == set()
    left, right = (pixels(result).convert("RGB").getpixel((x, 128)) for x in (30, 226))
    assert left[2] > 200 > left[0]
    assert right[0] > 200 > right[2]


def test_portrait_of_an_animation_is_its_first_frame():
    result = pixels(pictures.portrait(animated()))

    assert getattr(result, "n_frames", 1) == 1
    assert result.convert("RGB").getpixel((128, 128))[1] > 100


def test_portrait_keeps_transparency():
    out = BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(out, "PNG")

    assert pixels(pictures.portrait(out.getvalue())).convert("RGBA").getpixel((9, 9))[3] == 0


@pytest.mark.parametrize("size", [(4097, 4096), (30_000, 30_000), (1, 2**31 - 1)])
def test_portrait_refuses_bombs_by_their_header(size):
    upload = bomb(*size)
    tracemalloc.start()
    with pytest.raises((PictureTooLarge, BadPicture)):
        pictures.portrait(upload)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 5_000_000


def test_portrait_refuses_a_comment_that_grows():
    with pytest.raises(BadPicture):
        pictures.portrait(text_bomb())


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff" + b"\0" * 2000,
        b"GIF89a" + b"\xff" * 500,
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10",
        b"BM" + b"\0" * 100,
        picture()[:-30],
        picture("JPEG")[:300],
    ],
)
def test_portrait_refuses_what_is_no_picture(upload):
    with pytest.raises(BadPicture):
        pictures.portrait(upload)


def test_portrait_refuses_other_formats_under_a_false_beginning():
    tiff = picture("TIFF")

    with pytest.raises(BadPicture):
        pictures.portrait(b"\x89PNG\r\n\x1a\n" + tiff)


def test_portrait_refuses_more_bytes_than_it_takes():
    with pytest.raises(PictureTooLarge):
        pictures.portrait(picture() + b"\0" * pictures.BYTES_MOST)


def put(signed_in, body, content_type="image/png"):
    return signed_in.client.put(
        "/api/account/avatar",
        body,
        content_type=content_type,
        headers={"X-CSRF-Token": signed_in.token},
    )


def test_put_as_body_stores_serves_and_shows_it(signed_in, person, settings, files):
    reply = put(signed_in, picture())

    address = reply.json()["avatar"]
    person.refresh_from_db()
    assert reply.status_code == 200
    assert address == settings.PUBLIC_URL + person.avatar
    assert signed_in.get("/auth/current-user").json()["avatar"] == address
    served = Browser().get(person.avatar)
    assert pixels(served.content).size == (256, 256)
    assert served["Content-Type"] == "image/webp"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert served["Cache-Control"] == "public, max-age=31536000, immutable"
    assert stored(files) == [person.avatar.removeprefix("/files/")]
    assert DoomedFile.objects.count() == 0


def test_put_as_form_is_taken_as_well(signed_in, person):
    file = SimpleUploadedFile("me.png", picture(), "image/png")

    reply = put(signed_in, encode_multipart(BOUNDARY, {"avatar": file}), MULTIPART_CONTENT)

    person.refresh_from_db()
    assert reply.status_code == 200
    assert person.avatar.startswith("/files/avatars/")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "image/png"),
        (b"not a picture", "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b'{"avatar": "https://example.com/me.png"}', "application/json"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"x", "multipart/form-data"),
    ],
)
def test_put_refuses_what_is_no_picture(signed_in, person, body, content_type):
    reply = put(signed_in, body, content_type)

    person.refresh_from_db()
    assert (reply.status_code, person.avatar) == (400, "")
    assert "picture" in reply.json()["error"]


def test_only_the_routes_of_pictures_take_large_bodies(signed_in, person):
    large = b"\0" * (150 * 1024)
    too_large = b"\0" * (pictures.BYTES_MOST + 8192)
    token = {"X-CSRF-Token": signed_in.token}

    assert put(signed_in, large).status_code == 400  # no picture, but read
    assert put(signed_in, too_large).status_code == 413
    for path in ("/api/account", "/api/account/export", "/api/account/avatars", "/api/auth/login"):
        reply = signed_in.client.post(path, large, content_type="application/json", headers=token)
        assert reply.status_code == 413, path


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/api/account/avatar", 150 * 1024, 200),
        ("/api/account/avatar", pictures.BYTES_MOST + 8192, 413),
        ("/api/account", 150 * 1024, 413),
    ],
)
def test_bodies_of_unknown_length_are_bounded_alike(rf, path, size, status):
    request = rf.put(path, content_type="image/png")
    request.META.pop("CONTENT_LENGTH", None)
    request._stream = BytesIO(b"\0" * size)

    reply = BoundedBody(lambda request: HttpResponse(request.body[:1]))(request)

    assert reply.status_code == status


def test_put_needs_a_signed_in_person_and_a_token(signed_in):
    stranger = Api()
    stranger.csrf()

    assert put(stranger, picture()).status_code == 401
    signed_in.token = "no"
    assert put(signed_in, picture()).status_code == 403


def test_a_new_picture_takes_the_place_of_the_old_one(person, files):
    first = avatars.set_avatar(person, picture()).avatar
    second = avatars.set_avatar(person, picture("JPEG")).avatar

    assert avatars.read(first.removeprefix(avatars.PREFIX)) is None  # at once
    doomed.sweep()
    assert stored(files) == [second.removeprefix("/files/")]


def test_remove_deletes_it_and_may_be_repeated(signed_in, person, files):
    avatars.set_avatar(person, picture())
    token = {"X-CSRF-Token": signed_in.token}

    for _ in range(2):
        reply = signed_in.client.delete("/api/account/avatar", headers=token)
        assert (reply.status_code, reply.json()) == (200, {"avatar": None})

    doomed.sweep()
    assert stored(files) == []


def test_a_provider_s_picture_goes_out_whole_and_is_an_initial_on_pages(signed_in, person):
    person.avatar = "https://lh3.example.com/a.png"
    person.save(update_fields=["avatar"])

    assert signed_in.get("/account").json()["avatar"] == "https://lh3.example.com/a.png"
    page = text(Browser().sign_in(person).get("/account"))
    assert "lh3.example.com" not in page
    assert '<span class="avatar' in page


def test_nothing_is_left_behind_when_the_upload_s_process_dies(person, files, monkeypatch):
    def die(key):
        raise KeyboardInterrupt

    monkeypatch.setattr(doomed, "spare", die)
    with pytest.raises(KeyboardInterrupt):
        avatars.set_avatar(person, picture())
    assert len(stored(files)) == 1

    DoomedFile.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    doomed.sweep()

    person.refresh_from_db()
    assert (stored(files), person.avatar) == ([], "")


def test_storage_that_is_away_is_said_and_changes_nothing(person, files):
    (files / "avatars").write_text("a file where the folder should be")

    with pytest.raises(StorageAway):
        avatars.set_avatar(person, picture())

    person.refresh_from_db()
    assert person.avatar == ""


@pytest.mark.django_db
@pytest.mark.parametrize("accept", ["text/html", "image/avif,image/webp,*/*"])
def test_picture_of_a_storage_that_is_away_is_503_and_not_missing(files, accept):
    name = "a" * 32 + ".webp"
    (files / "avatars").mkdir()
    (files / "avatars" / name).mkdir()  # cannot be read as a file: OSError, and not "not found"

    reply = Browser().get(f"/files/avatars/{name}", Accept=accept)

    assert reply.status_code == 503
    assert reply["Content-Type"].startswith("text/html") == (accept == "text/html")
    assert "immutable" not in reply.get("Cache-Control", "")


@pytest.mark.django_db
def test_doomed_files_wait_for_storage_that_is_away(files):
    (files / "a").mkdir()
    (files / "a" / "b").mkdir()  # a folder cannot be deleted as a file: OSError
    (files / "a" / "b" / "c").touch()
    doomed.doom(["a/b"])
    files_row = DoomedFile.objects.get()

    doomed.sweep()
    later = DoomedFile.objects.get()
    assert later.tries == 1
    assert later.due_at > files_row.due_at

    (files / "a" / "b" / "c").unlink()
    DoomedFile.objects.update(due_at=timezone.now())
    doomed.sweep()
    assert not (files / "a" / "b").exists()


@pytest.mark.django_db
def test_a_copy_that_comes_late_is_deleted_as_well():
    doomed.doom(["late.svg"])
    doomed.sweep()
    assert DoomedFile.objects.count() == 1  # it is looked at once more

    default_storage.save("late.svg", SimpleUploadedFile("late.svg", b"<svg/>"))
    DoomedFile.objects.update(
        due_at=timezone.now(), doomed_at=timezone.now() - doomed.LATE - timedelta(seconds=1)
    )
    doomed.sweep()

    assert not default_storage.exists("late.svg")
    assert DoomedFile.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["x.webp", "..%2f..%2fsecret", "a" * 32 + ".png", "a" * 32 + ".webp"]
)
def test_unknown_pictures_are_missing(name):
    assert Browser().get(f"/files/avatars/{name}").status_code == 404


def test_the_page_says_beside_the_form_what_is_wrong(person):
    browser = Browser().sign_in(person)
    large = SimpleUploadedFile("me.png", b"\x89PNG" + b"\0" * 3_000_000, "image/png")

    refused = browser.post("/account/avatar", {"avatar": large})
    nothing = browser.post("/account/avatar")
    taken = browser.post("/account/avatar", {"avatar": SimpleUploadedFile("me.png", picture())})

    assert "at most 2 MB" in text(refused)
    assert "Please choose a picture first." in text(nothing)
    assert taken["Location"] == "/account?done=avatar#profile"
    person.refresh_from_db()
    assert f'src="{person.avatar}"' in text(browser.get("/account"))


def test_only_the_living_get_pictures(person, files):
    type(person).objects.filter(pk=person.pk).update(is_active=False)

    with pytest.raises(SignedOut):
        avatars.set_avatar(person, picture())
    DoomedFile.objects.update(due_at=timezone.now())
    doomed.sweep()
    assert stored(files) == []
