"""What can go wrong, drawn once. Catch `WenxingError` to catch them all.

    WenxingError
    ├── UnreadableFile        the file is not what it claims, or is damaged
    │   ├── EmptyFile         there is no text in it
    │   │   └── ScannedFile   its pages are pictures
    │   ├── UnknownFormat     no reader for this kind of file
    │   ├── FileTooLarge      over a limit (bytes, members, ratio, characters)
    │   └── ProtectedFile     needs a password
    ├── KeyFileError          key missing, exists already, wrong passphrase, damaged
    ├── MasterError           a .wxm container cannot be used
    │   ├── WrongKey          the master was prepared with another key
    │   ├── NewerFormat       made by a later version of Wenxing
    │   └── DisclosedEdition  its keys were given away: leaks of it prove nothing any more
    ├── CaseFileError         a running case file cannot be used as asked
    ├── BundleError           an evidence bundle cannot be made, or is not one
    │   └── NothingToProve    nobody is named, so no bundle is made
    ├── NoSites               nothing in the text may be varied
    ├── UnknownRecipient      a recipient number outside 1 … 2**32 − 1
    ├── SuspectsError         the list of suspects cannot be used
    └── UnsupportedOutput     a copy cannot be made in this format
        └── MissingFont       no font on this machine has the text's characters

The message of every error is one sentence for the person who caused it: what
happened and what to do. It never contains the text of a document or a key.
"""


class WenxingError(Exception):
    """Root of the tree; never raised itself."""


class UnreadableFile(WenxingError):
    """The file is not what it claims to be, or is damaged."""


class EmptyFile(UnreadableFile):
    """The file holds no text."""


class ScannedFile(EmptyFile):
    """The file holds no text, but pictures of pages."""


class UnknownFormat(UnreadableFile):
    """There is no reader for this kind of file."""


class FileTooLarge(UnreadableFile):
    """The file, or what it unpacks to, exceeds a limit."""


class ProtectedFile(UnreadableFile):
    """The file opens only with a password."""


class KeyFileError(WenxingError):
    """A key file is missing, damaged, locked by a passphrase, or in the way."""


class MasterError(WenxingError):
    """A master container is damaged or is not one."""


class WrongKey(MasterError):
    """The master was prepared with another key."""


class NewerFormat(MasterError):
    """The master, key or report was made by a later version."""


class DisclosedEdition(MasterError):
    """The edition's keys were disclosed in an evidence bundle."""


class CaseFileError(WenxingError):
    """A running case file is damaged, or was started under other terms."""


class BundleError(WenxingError):
    """An evidence bundle cannot be made, or a file is not one that can be checked."""


class NothingToProve(BundleError):
    """Nobody is named: a bundle would give keys away and prove nothing."""


class NoSites(WenxingError):
    """There is no place in the text that may be varied."""


class UnknownRecipient(WenxingError):
    """A recipient number outside 1 … 2**32 − 1."""


class SuspectsError(WenxingError):
    """The list of suspects cannot be used."""


class UnsupportedOutput(WenxingError):
    """A copy cannot be made in the format asked for."""


class MissingFont(UnsupportedOutput):
    """No font on this machine has the characters of a text that is to be set in pages."""
