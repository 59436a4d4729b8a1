"""Dispatch: content before name, one clear error for what is no paper, nothing that crashes or hangs."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from ingest.documents import Document, Problem, ReadError
from ingest.readers import read, read_bytes
from tests.ingest.test_digest import GOOD
from tests.ingest.test_jats import ARTICLE


def documents(data: bytes, name: str) -> list[Document]:
    return [record for record in read_bytes(data, name) if isinstance(record, Document)]


@pytest.mark.parametrize(
    ("data", "name", "reader"),
    [
        (GOOD.encode(), "paper.md", "digest"),
        (ARTICLE.encode(), "paper.xml", "jats"),
        (ARTICLE.encode(), "no-suffix", "jats"),
        (ARTICLE.encode("utf-16"), "paper.xml", "jats"),
        (gzip.compress(ARTICLE.encode()), "paper.nxml.gz", "jats"),
        (b"A heading\n\nThe cells were cultured for nine days before use.", "notes.txt", "text"),
    ],
)
def test_the_content_decides(data: bytes, name: str, reader: str) -> None:
    assert [document.reader for document in documents(data, name)] == [reader]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n", "Git LFS pointer"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "is a web page"),
        (b"<?xml version='1.0'?><eSearchResult><Count>1</Count></eSearchResult>", "reply of a search"),
        (b"<eFetchResult><ERROR>no such id</ERROR></eFetchResult>", "error reply.*no such id"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "root <svg>"),
        (b"interactions:\n- request: {}\n", "recorded exchange"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither text nor PDF"),
        (ARTICLE[: len(ARTICLE) // 2].encode(), "fetch the file again"),
        (gzip.compress(ARTICLE.encode())[:200], "damaged or cut short"),
    ],
)
def test_what_is_no_paper_is_one_clear_error_that_names_the_file(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message) as caught:
        list(read_bytes(data, "folder/file.xml"))
    assert str(caught.value).startswith("file.xml: ")


def test_a_file_and_its_bytes_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "paper.xml"
    path.write_text(ARTICLE, encoding="utf-8")
    assert list(read(path)) == list(read_bytes(ARTICLE.encode(), str(path)))


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        list(read(tmp_path / "none.xml"))
    with pytest.raises(ReadError, match="not a regular file"):
        list(read(tmp_path))


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_an_archive_gives_its_papers_and_names_what_it_cannot_read() -> None:
    data = zipped(**{"a.xml": ARTICLE.encode(), "b.xml": b"<svg/>", "c.png": b"\x89PNG", ".d.xml": b"<svg/>"})
    first, second = read_bytes(data, "set.zip")
    assert isinstance(first, Document)
    assert first.source == "set.zip!a.xml"
    assert isinstance(second, Problem)
    assert second.where == "b.xml"


def test_a_tar_of_one_article_is_read() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as bundle:
        entry = tarfile.TarInfo("PMC1/paper.nxml")
        entry.size = len(ARTICLE.encode())
        bundle.addfile(entry, io.BytesIO(ARTICLE.encode()))
    (document,) = documents(out.getvalue(), "PMC1.tar.gz")
    assert document.source == "PMC1.tar!PMC1/paper.nxml"


def test_archives_inside_archives_end() -> None:
    data = zipped(**{"a.xml": ARTICLE.encode()})
    for _ in range(4):
        data = zipped(**{"inner.zip": data})
    with pytest.raises(ReadError, match="unpack it first"):
        list(read_bytes(data, "set.zip"))


def test_a_digest_with_a_byte_order_mark_is_a_digest() -> None:
    assert documents(b"\xef\xbb\xbf" + GOOD.encode(), "a.md")[0].paper.id == "made-up-paper"
