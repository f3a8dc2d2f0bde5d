"""Files for `check` that crash, leave, hang or are no Python at all."""

from collections.abc import Callable

from .box import Box, contents
from .rows import Trial, last_line, row

GOOD = "import torch\ndef f(x):\n    return 2 * x, ()\ndef f_backward(dy):\n    return 2 * dy\n"
FORWARD = "import torch, os, sys\ndef f(x):\n    return 2 * x, ()\ndef f_backward(dy):\n    "
FILES = {  # what the file holds, and the exit code: 1 for code that gives no right answer, 2 for what is no rule at all
    "an endless loop": (FORWARD + "while True: pass\n", 1),
    "an endless loop when imported": ("while True: pass\n", 1),
    "an exit": (FORWARD + "sys.exit(0)\n", 1),
    "an exit without goodbye": (FORWARD + "os._exit(0)\n", 1),
    "a crash of the interpreter": (FORWARD + "import ctypes; ctypes.string_at(0)\n", 1),
    "an error": (FORWARD + "return dy / None\n", 1),
    "endless recursion": (FORWARD + "return f_backward(dy)\n", 1),
    "a flood of words": (FORWARD + "print('x' * 10**6); return 2 * dy\n", 0),
    "a result that was written for us": (FORWARD + "print('{\"right\": true}'); os._exit(0)\n", 1),
    "no functions": ("x = 1\n", 2),
    "no Python": ("this is not Python\n", 1),
    "an import that is missing": ("import no_such_module\n" + GOOD, 1),
    "an empty file": ("", 2),
    "a backward that takes nothing": (GOOD.replace("(dy)", "()"), 2),
    "a KeyboardInterrupt": (FORWARD + "raise KeyboardInterrupt\n", 1),
    "a LIKE that is no name": ("LIKE = 3\n" + GOOD, 2),
    "inputs() with an argument": ("def inputs(a):\n    return a\n" + GOOD, 2),
    "classes that are no Functions": ("class f: pass\nclass f_backward: pass\n", 2),
}


def trial(text: str | bytes, code: int) -> Callable[[Box], Trial]:
    def tried(box: Box) -> Trial:
        folder = box.place()
        (folder / "mine.py").write_bytes(text if isinstance(text, bytes) else text.encode())
        before = contents(folder)
        said = box.run("check", str(folder / "mine.py"), "--timeout", "5")
        words = said.out + said.err
        tells = said.err.count("\n") == 1 if code == 2 else said.out.startswith("Wrong.") or not code
        well = said.code == code and tells and "Traceback" not in words
        return Trial(well, contents(folder) == before, last_line(words))

    return tried


for name, (text, code) in FILES.items():
    row(f"foreign code: {name}")(trial(text, code))
row("foreign code: bytes that are no text")(trial(bytes(range(256)), 1))
