"""The image files of a folder in the CelebA format: in img_align_celeba.zip, or unpacked in img_align_celeba/."""

import zipfile
from pathlib import Path


class FaceFiles:
    """Reads images by name; each process opens the zip for itself, for one position in it cannot be shared."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "img_align_celeba"
        self.zip_path = self.folder.with_suffix(".zip")
        self.archive: zipfile.ZipFile | None = None
        if self.zip_path.exists():
            with zipfile.ZipFile(self.zip_path) as archive:
                self.members = {Path(name).name: name for name in archive.namelist() if name.endswith(".jpg")}
        else:
            self.members = {path.name: path.name for path in self.folder.glob("*.jpg")}

    @property
    def names(self) -> list[str]:
        return sorted(self.members)

    def read(self, name: str) -> bytes:
        if not self.zip_path.exists():
            return (self.folder / name).read_bytes()
        self.archive = self.archive or zipfile.ZipFile(self.zip_path)
        return self.archive.read(self.members[name])
