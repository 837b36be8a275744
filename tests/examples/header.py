"""What arrayformat.h declares: enough of C to read that one header."""
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Declared:
    """One parameter, field or result: `type` in C without its name, single spaces, stars apart; `count` of an array, else ''."""
    name: str
    type: str
    count: str = ""


@dataclass(frozen=True)
class Function:
    name: str
    result: str
    parameters: tuple


def spaced(type_text):
    return " ".join(type_text.replace("*", " * ").split())


def declared(text):
    found = re.fullmatch(r"(.*?)(\w+)(?:\[(\w+)\])?", text.strip(), re.S)
    return Declared(found[2], spaced(found[1]), found[3] or "")


def parameters(text):
    return tuple(declared(part) for part in text.split(",") if part.strip() not in ("", "void"))


class Header:
    def __init__(self, path):
        text = re.sub(r"/\*.*?\*/", " ", Path(path).read_text(), flags=re.S)
        self.constants = {name: int(value) for name, value in re.findall(r"^#define (AF_\w+) (-?\d+)\s*$", text, re.M)}
        code = re.sub(r"^#(?:[^\n]*\\\n)*[^\n]*$", "", text, flags=re.M)
        self.functions = [Function(name, spaced(result), parameters(inside)) for result, name, inside in
                          re.findall(r"AF_API\s+([\w\s*]+?)(\w+)\(([^;]*?)\);", code)]
        self.numbers = dict(reversed(pair) for pair in re.findall(r"typedef (int32_t) (\w+);", code))
        self.callbacks = [Function(name, spaced(result), parameters(inside)) for result, name, inside in
                          re.findall(r"typedef ([\w\s*]+?)\(\*(\w+)\)\(([^;]*?)\);", code)]
        self.opaque = [name for tag, name in re.findall(r"typedef struct (\w+) (\w+);", code) if tag == name]
        self.structs = {name: self.fields(inside) for inside, name in
                        re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", code, re.S)}

    @staticmethod
    def fields(inside):
        """A field is a Declared, or a Function where it is a pointer to one."""
        found = []
        for line in inside.split(";"):
            pointer = re.fullmatch(r"([\w\s*]+?)\(\*(\w+)\)\((.*)\)", line.strip(), re.S)
            if pointer:
                found.append(Function(pointer[2], spaced(pointer[1]), parameters(pointer[3])))
            elif line.strip():
                found.append(declared(line))
        return found
