"""A dataset at a URL that fsspec can write to, for those who can't see this disk: published, and fetched whole.

``objects/<sha256>`` hold the files and never change. ``publications/<number>-<sha256>.json`` name the files of one
version and their objects; they are written last. The highest number whose content has its own sha256 is what is
published, so that no rename has to be atomic there and what was cut off in between is never read as a dataset.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import file_digest, sha256
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from pipeline.dataset import durable, versions
from pipeline.dataset import manifest as manifests
from pipeline.dataset import shards as store
from pipeline.dataset.manifest import Manifest
from pipeline.dataset.snapshot import derived_folder
from pipeline.errors import CongdoanError, DatasetError, UsageError

FileSystem: TypeAlias = Any  # fsspec's, typed in part
Progress = Callable[[int, int | None], None]

_OBJECTS, _PUBLICATIONS = "objects", "publications"
_FORMAT = 1
_PUBLICATION = re.compile(r"(\d+)-([0-9a-f]{64})\.json")
# What a publication may make us write: no way out of the dataset's folder.
_FILE = re.compile(r"(?:shards|derived)/\w[\w-]*/\w[\w-]*\.(?:parquet|json)", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BATCH = 100  # files; a file system that can, sends them at once


@dataclass(frozen=True, slots=True)
class Transfer:
    """What was carried: files (of equal ones one is sent) and their bytes, and how many were there already."""

    number: int  # of the publication
    files: int
    n_bytes: int
    files_there: int


@dataclass(frozen=True, slots=True)
class _Object:
    sha256: str
    n_bytes: int


@dataclass(frozen=True, slots=True)
class _Publication:
    number: int
    files: dict[str, _Object]  # path in the dataset → object; manifest.json is one of them


def push(dataset: Path, url: str, progress: Progress | None = None) -> Transfer:
    """Publish the dataset as it is at ``url``: first the objects that are not there yet, then what names them.

    DatasetError where the dataset is damaged or ``url`` can't be written, UsageError where fsspec doesn't know it.
    """
    version = manifests.committed(dataset)
    with _at(url) as (fs, root), TemporaryDirectory(prefix="congdoan-") as scratch:
        own = Path(scratch) / manifests.NAME
        manifests.write(own, version)
        local = {manifests.NAME: own, **_files(dataset, version)}
        files = {name: _object(file) for name, file in local.items()}
        there = _sizes(fs, f"{root}/{_OBJECTS}")
        missing = {one.sha256: local[name] for name, one in files.items() if there.get(one.sha256) != one.n_bytes}
        former = _newest(fs, root)
        n_there = len({one.sha256 for one in files.values()}) - len(missing)
        if not missing and former and former.files == files:
            return Transfer(former.number, 0, 0, n_there)
        fs.makedirs(f"{root}/{_OBJECTS}", exist_ok=True)
        n_bytes = _send(fs, f"{root}/{_OBJECTS}", missing, progress)
        number = 1 + max((number for number, _ in _publications(fs, root)), default=0)
        _publish(fs, root, _Publication(number, files))
        return Transfer(number, len(missing), n_bytes, n_there)


def pull(url: str, dataset: Path, progress: Progress | None = None) -> Transfer:
    """Make ``dataset`` (a new folder, or one pulled before) what is published at ``url``; files it has are not fetched.

    Each file is held against its sha256. Until the commit at the end, readers see the dataset as it was. DatasetError
    where nothing is published, a file is not what was published, or ``dataset`` holds rows of other runs.
    """
    with _at(url) as (fs, root):
        found = _newest(fs, root)
        if found is None:
            raise DatasetError(f"{url}: no dataset is published there; publish one with: congdoan dataset push {url}")
        with manifests.locked(dataset) as known, versions.writing(dataset):
            theirs = _manifest(fs, root, found, dataset)
            ours = replace(theirs, generation=known.generation, derived=_derived_name(theirs, found))
            if known == ours and _is_whole(dataset, ours, found):
                versions.renew_snapshot(dataset, known)
                return Transfer(found.number, 0, 0, len(found.files))
            ours = replace(ours, generation=max(theirs.generation, known.generation + 1))
            versions.clean(dataset, also=[shard.fingerprint for shard in theirs.shards])
            transfer = _fetch(fs, root, found, dataset, ours, progress)
            versions.adopt(dataset, known, ours)
            versions.forget(dataset, versions.KEEP)
            return transfer


# --- what a version consists of -------------------------------------------------------------------------------------


def _files(dataset: Path, version: Manifest) -> dict[str, Path]:
    """Path in the dataset → file, of all that the version's tables stand in."""
    damaged = [shard.fingerprint for shard in version.shards if not store.is_whole(dataset, shard)]
    if damaged:
        raise DatasetError(f"{dataset}: shard {damaged[0]} is damaged; start the run of this input again, it mends it")
    folders = [store.shard_folder(dataset, shard.fingerprint) for shard in version.shards]
    folders.append(derived_folder(dataset, version))
    found = (file for folder in folders for file in sorted(folder.iterdir()))
    return {file.relative_to(dataset).as_posix(): file for file in found}


def _object(file: Path) -> _Object:
    with file.open("rb") as content:
        return _Object(file_digest(content, "sha256").hexdigest(), file.stat().st_size)


def _folders(publication: _Publication) -> Iterator[tuple[str, dict[str, _Object]]]:
    """Folder → file name → object, without the manifest."""
    names = sorted(name for name in publication.files if name != manifests.NAME)
    for folder, group in groupby(names, key=lambda name: name.rpartition("/")[0]):
        yield folder, {name.rpartition("/")[2]: publication.files[name] for name in group}


def _derived_name(manifest: Manifest, publication: _Publication) -> str:
    """A folder's name of its own for these derived tables: another run's may have theirs."""
    tables = [f"{name} {one.sha256}" for name, one in sorted(publication.files.items()) if name.startswith("derived/")]
    return f"{manifest.generation:06d}-{sha256(' '.join(tables).encode()).hexdigest()[:16]}"


def _target(dataset: Path, ours: Manifest, folder: str) -> Path:
    return derived_folder(dataset, ours) if folder.startswith("derived/") else dataset / folder


def _is_whole(dataset: Path, ours: Manifest, publication: _Publication) -> bool:
    """Whether all files are here, by their sizes."""
    for folder, files in _folders(publication):
        target = _target(dataset, ours, folder)
        here = {file.name: file.stat().st_size for file in target.iterdir()} if target.is_dir() else {}
        if here != {name: one.n_bytes for name, one in files.items()}:
            return False
    return True


# --- at the URL -----------------------------------------------------------------------------------------------------


@contextmanager
def _at(url: str) -> Iterator[tuple[FileSystem, str]]:
    """The URL's file system and the path in it; what goes wrong with either is told by our errors."""
    import fsspec

    try:
        fs, root = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{url}: can't be reached ({error})") from error
    except Exception as error:
        raise _unreachable(url, error) from error
    try:
        yield fs, root.rstrip("/")
    except CongdoanError:
        raise
    except Exception as error:
        raise _unreachable(url, error) from error


def _unreachable(url: str, error: Exception) -> DatasetError:
    # Each file system has errors of its own.
    return DatasetError(f"{url}: can't be read or written ({type(error).__name__}: {error}); nothing was replaced")


def _sizes(fs: FileSystem, folder: str) -> dict[str, int]:
    """Name → bytes of what stands in the folder; empty where there is none."""
    fs.invalidate_cache()
    try:
        found = fs.ls(folder, detail=True)
    except FileNotFoundError:
        return {}
    return {one["name"].rstrip("/").rpartition("/")[2]: one["size"] for one in found if one["type"] == "file"}


def _publications(fs: FileSystem, root: str) -> list[tuple[int, str]]:
    """(number, file name), the highest last."""
    matches = map(_PUBLICATION.fullmatch, _sizes(fs, f"{root}/{_PUBLICATIONS}"))
    return sorted((int(match[1]), match[0]) for match in matches if match)


def _newest(fs: FileSystem, root: str) -> _Publication | None:
    for number, name in reversed(_publications(fs, root)):
        content = fs.cat_file(f"{root}/{_PUBLICATIONS}/{name}")
        if sha256(content).hexdigest() in name:
            return _parsed(number, json.loads(content))
    return None


def _parsed(number: int, content: dict[str, Any]) -> _Publication:
    if content["format"] != _FORMAT:
        raise DatasetError(f"a publication of format {content['format']}, this congdoan reads {_FORMAT}")
    files = {name: _Object(*one) for name, one in content["files"].items()}
    odd = [name for name in files if name != manifests.NAME and not _FILE.fullmatch(name)]
    odd += [name for name, one in files.items() if not _SHA256.fullmatch(one.sha256)]
    if odd or manifests.NAME not in files:
        raise DatasetError(f"the publication is no dataset's: it names {odd[0] if odd else 'no manifest'!r}")
    return _Publication(number, files)


def _send(fs: FileSystem, folder: str, missing: dict[str, Path], progress: Progress | None) -> int:
    """Write the files as objects of these names; their bytes."""
    n_bytes = 0
    names = list(missing)
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        fs.put([str(missing[name]) for name in batch], [f"{folder}/{name}" for name in batch])
        n_bytes += sum(missing[name].stat().st_size for name in batch)
        _tell(progress, start + len(batch), len(names))
    return n_bytes


def _publish(fs: FileSystem, root: str, publication: _Publication) -> None:
    files = {name: (one.sha256, one.n_bytes) for name, one in sorted(publication.files.items())}
    content = json.dumps({"format": _FORMAT, "files": files}, indent=1).encode()
    fs.makedirs(f"{root}/{_PUBLICATIONS}", exist_ok=True)
    name = f"{publication.number:06d}-{sha256(content).hexdigest()}.json"
    fs.pipe_file(f"{root}/{_PUBLICATIONS}/{name}", content)


# --- fetching -------------------------------------------------------------------------------------------------------


def _manifest(fs: FileSystem, root: str, publication: _Publication, dataset: Path) -> Manifest:
    file = durable.temporary(dataset / manifests.NAME)
    try:
        _fetch_files(fs, root, {file: publication.files[manifests.NAME]})
        found = manifests.read(file)
    finally:
        file.unlink(missing_ok=True)
    named = {f"shards/{shard.fingerprint}" for shard in found.shards} | {f"derived/{found.derived}"}
    if named != {folder for folder, _ in _folders(publication)}:
        raise DatasetError("the publication's manifest names other folders than it has; publish the dataset anew")
    return found


def _fetch(
    fs: FileSystem, root: str, publication: _Publication, dataset: Path, ours: Manifest, progress: Progress | None
) -> Transfer:
    """Bring the folders that are not here yet, each at once and whole."""
    done = n_bytes = n_there = 0
    for folder, files in _folders(publication):
        target = _target(dataset, ours, folder)
        if _is_here(dataset, target, files):
            n_there += len(files)
        else:
            with durable.folder(target) as beside:
                _fetch_files(fs, root, {beside / name: one for name, one in files.items()})
            n_bytes += sum(one.n_bytes for one in files.values())
        done += len(files)
        _tell(progress, done, len(publication.files) - 1)
    return Transfer(publication.number, done - n_there, n_bytes, n_there)


def _is_here(dataset: Path, folder: Path, files: dict[str, _Object]) -> bool:
    """Whether the folder is here with this content; DatasetError for a whole shard of another content."""
    if not folder.is_dir():
        return False
    if {file.name: _object(file) for file in folder.iterdir()} == files:
        return True
    if folder.parent.name == "shards" and store.read_shard(dataset, folder.name):
        raise DatasetError(f"{dataset}: holds what other runs made of the same articles; pull into a new folder")
    return False


def _fetch_files(fs: FileSystem, root: str, wanted: dict[Path, _Object]) -> None:
    files = list(wanted)
    fs.get([f"{root}/{_OBJECTS}/{wanted[file].sha256}" for file in files], [str(file) for file in files])
    for file, one in wanted.items():
        if not file.is_file() or _object(file) != one:
            raise DatasetError(f"object {one.sha256} is missing or not what was published; push the dataset again")


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress:
        progress(done, total)
