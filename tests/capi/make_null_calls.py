#!/usr/bin/env python3
"""Writes a C program that calls every function of arrayformat.h with one bad argument after the other.

Usage: make_null_calls.py arrayformat.h OUTPUT.c

Each parameter has a good value, an object or memory of null_calls.h, and bad ones: NULL, negative and huge numbers, and for
living handles garbage addresses, closed handles and handles of another type. A call with nothing but good values must succeed,
so that the others are known to fail for their one bad value. A parameter without a known good value stops the script.
"""
import re
import sys

LIVING = {"af_file", "af_atlas", "af_dataset", "af_store", "af_cache", "af_mmap"}
PLAIN = {"af_error", "af_atlas_schema", "af_rows", "af_value", "af_value_map", "af_values", "af_schema", "af_listing", "af_stats", "af_report", "af_mmap_view", "af_lists"}
INTEGER_BITS = {"int64_t": 64, "int32_t": 32, "uint8_t": 8, "af_data_type": 32, "af_status": 32}

# Good values: of a function's parameter, else of a type and name, else of a name.
GOOD = {
    "error": "world.error", "value": "world.value", "map": "world.map", "values": "world.values", "schema": "world.schema",
    "listing": "world.listing", "stats": "world.stats", "report": "world.report", "view": "world.view", "tensor": "world.tensor",
    "file": "world.file", "store": "world.store", "cache": "world.cache", "mmap": "world.mmap", "fill": "world.value",
    "options": "&world.options", "callbacks": "&world.callbacks", "info": "&world.info", "array": "&world.arrow_array",
    "progress": "go_on", "context": "NULL",
    ("af_mmap_options", "options"): "&world.mmap_options",
    "atlas": "world.atlas", "dataset": "world.dataset",
    ("af_atlas_options", "options"): "&world.atlas_options", ("af_atlas_info", "info"): "&world.atlas_info",
    ("af_atlas_schema", "schema"): "world.atlas_schema", ("int64_t", "array"): "0",
    ("af_io_stats", "stats"): "&world.io_stats",
    ("struct ArrowSchema", "schema"): "&world.arrow_schema",
    # text
    "name": '"a"', "name_len": "1", "key": '"k"', "key_len": "1", "text": '"t"', "text_len": "1", "prefix": '"k"', "prefix_len": "1",
    "path": "world.path", "path_len": "-1", "folder": "folder", "folder_len": "-1", "names": '"a"', "name_offsets": "world.ends",
    # numbers and memory
    "dtype": "AF_FLOAT32", "is_list": "0", "count": "1", "data": "world.floats", "bytes": '"t"', "offsets": "world.ends",
    "shape": "world.four", "start": "world.zero", "rank": "1", "strides": "world.stride", "coord": "world.zero", "axis": "0",
    "level": "0", "i": "0", "size": "3", "list_dtype": "AF_LIST", "capacity": "1024", "condition": "AF_PUT_ALWAYS",
    "src": "world.floats", "src_len": "16", "dst": "world.floats", "dst_len": "16", "advice": "AF_ADVICE_NORMAL", "offset": "0",
    "length": "16", "wait": "1", "status": "AF_IO", "struct_size": "(int64_t)sizeof world.options",
    # across datasets
    "variable": '"a"', "variable_len": "1", ("int64_t", "rows"): "world.zero", "row_count": "1", "pad": "0", "present": "world.present",
    "predicate": '"a > ?"', "predicate_len": "5", "parameters": "world.parameters", "parameter_count": "1",
    ("af_rows", "rows"): "world.rows", ("af_atlas_read_ragged", "offsets"): "world.numbers",
    ("af_atlas_read_ragged_variable", "offsets"): "world.numbers", ("af_atlas_read_ragged_variable", "variable"): '"s"',
    ("af_atlas_read_stacked_variable", "variable"): '"s"', ("af_atlas_read_stacked_variable", "fill"): "world.text",
    ("af_atlas_stack_shape", "shape"): "world.numbers", ("af_atlas_stack_shape", "rank"): "&world.rank",
    # exchange
    "lists": "world.lists", ("af_file_read_lists", "name"): '"l"', ("af_file_write_lists", "name"): '"l"',
    ("af_file_write_lists", "shape"): "world.one", ("af_file_write_lists", "count"): "2", ("af_file_write_lists", "src_len"): "4",
    ("af_file_write_arrow", "schema"): "&world.given_schema", ("af_file_write_arrow", "array"): "&world.given_array",
    "stream": "&world.arrow_stream", ("af_file_write_arrow_stream", "stream"): "&world.given_stream",
    ("af_file_write_arrow_stream", "file"): "world.other_file",
    # growing and looking after files
    "new_name": '"b"', "new_name_len": "1", "if_present": "AF_PRESENT_REFUSE",
    "position": "world.numbers", "source": "world.file", "pattern": '"*"', "pattern_len": "1", "match": "AF_MATCH_GLOB", "first": "0",
    "limit": "10", "footer_version": "5", "release": "NULL", "descriptor": "world.descriptor", "data_len": "world.image_len",
    ("af_file_open_buffer", "data"): "world.image", ("af_file_copy_arrays", "file"): "world.other_file",
    ("af_file_merge", "file"): "world.other_file", ("af_file_move_array", "file"): "world.other_file",
    ("af_file_append_variable", "name"): '"s"', ("af_file_append_variable", "shape"): "world.one",
    # parameters of one function
    ("af_atlas_options_init", "struct_size"): "(int64_t)sizeof world.atlas_options",
    ("af_atlas_open", "path"): "world.atlas_path", ("af_atlas_open_in", "prefix"): '"w"',
    ("af_atlas_open_dataset", "name"): '"d"', ("af_atlas_delete_dataset", "name"): '"d"',
    ("af_atlas_copy_in", "prefix"): '"copy"', ("af_atlas_copy_in", "prefix_len"): "-1",
    ("af_atlas_schema_array_chunk_shape", "rank"): "&world.rank",
    ("af_atlas_contains_dataset", "name"): '"d"', ("af_atlas_dataset_row", "name"): '"d"',
    ("af_dataset_define", "name"): '"n"', ("af_dataset_read_variable", "name"): '"s"',
    ("af_dataset_write_variable", "name"): '"s"', ("af_dataset_write_variable", "shape"): "world.one",
    "new_path": "world.path", "new_path_len": "-1", ("af_file_repair", "path"): "world.stack_path",
    ("af_file_repair", "progress"): "go_on",
    ("af_mmap_options_init", "struct_size"): "(int64_t)sizeof world.mmap_options",
    "url": '"s3://bucket/k"', "url_len": "-1", ("af_store_open_url", "options"): '"anonymous=1"', "options_len": "-1",
    ("af_file_open", "path"): "world.stack_path", ("af_mmap_open", "path"): "world.mmap_path",
    ("af_file_create_in", "key"): '"x.af"', ("af_file_create_in", "key_len"): "4",
    ("af_file_open_in", "key"): '"f.af"', ("af_file_open_in", "key_len"): "4",
    ("af_file_define", "name"): '"n"', ("af_file_read_variable", "name"): '"s"', ("af_file_write_variable", "name"): '"s"',
    ("af_file_write_variable", "shape"): "world.one", ("af_value_create_variable", "dtype"): "AF_BINARY",
    ("af_file_read_many", "offsets"): "world.numbers", ("af_mmap_shape", "shape"): "world.numbers",
    ("af_mmap_strides", "strides"): "world.numbers", ("af_mmap_element_strides", "strides"): "world.numbers",
}

OUT_NAMES = {"out", "count", "changed", "name_len", "key_len", "out_len", "next", "position"}
MAY_BE_NULL = {"position", "release", "options", "fill", "changed", "name_len", "key_len", "out_len", "progress", "context", "strides", "rows", "present", "err"}
MAY_BE_NULL_IN = {("af_file_set_cache", "cache"), ("af_atlas_set_cache", "cache"), ("af_atlas_gc", "out"), ("af_file_gc", "out"), ("af_atlas_schema_array_chunk_shape", "rank"), ("af_file_read_many", "dst"),
                  ("af_atlas_read_ragged", "dst"), ("af_atlas_attribute_across", "variable")}
MUST_NOT_BE_NULL_IN = {("af_file_options_init", "options"), ("af_atlas_options_init", "options"), ("af_mmap_options_init", "options"), ("af_mmap_strides", "strides"),
                       ("af_mmap_element_strides", "strides")}


class Parameter:
    def __init__(self, function, text):
        kind, self.name = re.match(r"(.*?[\s*])(\w+)$", " ".join(text.split())).groups()
        self.function, self.kind = function, kind.strip()
        self.base = self.kind.replace("const ", "").rstrip("* ")
        self.is_pointer = self.kind.endswith("*")
        self.is_handle = self.is_pointer and not self.kind.endswith("**") and self.base in LIVING
        number_out = self.is_pointer and self.base in INTEGER_BITS and "const" not in self.kind and self.name in OUT_NAMES
        self.is_out = self.name != "err" and (self.kind.endswith("**") or number_out)

    def good(self):
        if self.name == "err":
            return "&err"
        if self.is_out:
            return f"&out_{self.name}"
        for key in (self.function, self.name), (self.base, self.name), self.name:
            if key in GOOD:
                return GOOD[key]
        sys.exit(f"{self.function}: no good value is known for its parameter {self.kind} {self.name}")

    def bad(self):
        """(value, what is expected of the call) for each bad value."""
        if self.is_handle:
            garbage = ["(void*)1", "(void*)(intptr_t)-1", f"(void*)((char*)world.{self.base[3:]} + 1)",
                       f"(void*)((char*)world.{self.base[3:]} + (1 << 30))", "(void*)folder", f"world.closed_{self.base[3:]}",
                       "(void*)world.store" if self.base != "af_store" else "(void*)world.file"]
            return self.null() + [(value, "INVALID") for value in garbage]
        if self.is_pointer or self.kind in ("af_progress_fn", "af_release_fn"):
            return self.null()
        values = {64: ["INT64_MAX", "INT64_MIN", "INT64_C(1) << 62", "-1"], 32: ["INT32_MAX", "INT32_MIN", "-1"], 8: ["255"]}
        return [(value, "ANY_STATUS") for value in values[INTEGER_BITS[self.kind]]]

    def null(self):
        place = (self.function, self.name)
        optional = (self.name in MAY_BE_NULL or place in MAY_BE_NULL_IN) and place not in MUST_NOT_BE_NULL_IN
        return [("NULL", "ANY_STATUS" if optional else "INVALID")]


class Function:
    def __init__(self, result, name, parameters):
        self.result, self.name = result, name
        self.parameters = [Parameter(name, text) for text in parameters.split(",") if text.strip() != "void"]

    def trials(self):
        yield None, None, "SUCCESS"
        for parameter in self.parameters:
            for value, expected in parameter.bad():
                yield parameter, value, expected

    def source(self):
        """A C function that makes all the calls, or nothing for a function without parameters."""
        if not self.parameters:
            return ""
        body = "".join(self.trial(*trial) for trial in self.trials() if self.is_tried(*trial))
        return f"static void try_{self.name}(void) {{\n{body}}}\n\n"

    def is_tried(self, parameter, value, expected):
        # What is freed or closed with good values only is the world's, which does it at the end.
        return self.result != "void" or parameter is not None

    def trial(self, bad, value, expected):
        arguments = ", ".join(value if parameter is bad else parameter.good() for parameter in self.parameters)
        call = f"{self.name}({arguments})"
        if self.result == "void":
            lines = [f"{call};", "judge_neighbours();"]
        elif self.parameters[-1].name == "err":
            lines = self.fallible(call, bad, value, expected)
        else:
            lines = self.accessor(call, bad, value)
        label = call.replace('"', "'")
        return "\n    ".join([f'  trial = "{label}";\n  make_the_world();\n  {{', *lines]) + "\n  }\n  end_the_world();\n"

    def outs(self):
        return [parameter for parameter in self.parameters if parameter.is_out]

    def declare_outs(self):
        for out in self.outs():
            kind = out.kind[:-1].strip()
            yield f"{kind} out_{out.name} = ({kind}){'(intptr_t)' if kind.endswith('*') else ''}0x5a;"

    def fallible(self, call, bad, value, expected):
        has_err = "0" if bad is not None and bad.name == "err" else "1"
        lines = [*self.declare_outs(), f"const af_status status = {call};", f"judge({expected}, status, {has_err});"]
        for out in self.outs():
            if out is bad:
                lines.append(f"(void)out_{out.name};")
                continue
            lines.append(f"judge_out(status, out_{out.name} == 0);")
            if "const" not in out.kind and out.base in LIVING | PLAIN:
                lines.append(f"if (status == AF_OK) {out.base}_{'close' if out.base in LIVING else 'free'}(out_{out.name});")
            elif out.base == "struct DLManagedTensorVersioned":
                lines.append(f"if (status == AF_OK) out_{out.name}->deleter(out_{out.name});")
        return lines

    def accessor(self, call, bad, value):
        """Asked of NULL or with an index out of range it answers 0, NULL, or where it always has a text, some text."""
        subject = self.parameters[0]
        asked_of_nothing = bad is not None and (bad is subject and subject.is_pointer or bad.name == "i")
        always_a_text = self.result == "const char *" and (subject.base == "af_error" or not subject.is_pointer)
        lines = list(self.declare_outs())
        if always_a_text:
            lines.append(f"check({call} != NULL, trial, 0);")
        elif asked_of_nothing:
            no_type = subject.base == "af_atlas_schema" and (self.result == "af_data_type" or self.name.endswith("_codec"))
            lines.append(f"check({call} == {-1 if no_type else 0}, trial, 0);")
        else:
            lines.append(f"(void){call};")
        return lines + [f"(void)out_{out.name};" for out in self.outs()]


def functions(header):
    declarations = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    for result, name, parameters in re.findall(r"AF_API\s+([\w\s]+[\s*]+)(af_\w+)\(([^;]*)\);", declarations):
        yield Function(" ".join(result.split()), name, parameters)


def program(header):
    found = list(functions(header))
    declared = len(re.findall(r"^AF_API\b", header, flags=re.M))
    if len(found) != declared or not found:
        sys.exit(f"the header declares {declared} functions, {len(found)} of them were understood")
    tried = [(function.name, source) for function in found if (source := function.source())]
    calls = "".join(f"  try_{name}();\n" for name, _ in tried)
    return f"""/* Made by make_null_calls.py from arrayformat.h. */
#include "null_calls.h"

{"".join(source for _, source in tried)}int main(void) {{
  make_the_folder();
  phase = "bad arguments";
{calls}  remove_store(world.atlas_path);
  clear_the_folder();
  printf("{len(tried)} functions, %ld calls, %d checks\\n", (long)world.number, checks);
  return 0;
}}
"""


def main():
    header_path, output_path = sys.argv[1:]
    with open(header_path, encoding="utf-8") as header:
        text = program(header.read())
    with open(output_path, "w", encoding="utf-8") as output:
        output.write(text)


main()
