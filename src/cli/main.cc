// The af command: reads the command line. The only file that knows CLI11.
#include <arrayformat/arrayformat.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <functional>
#include <iostream>
#include <new>

#include "cli/commands.h"
#include "cli/help_pages.h"
#include "cli/output.h"
#include "cli/progress.h"

namespace af::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit codes:\n"
    "   0  done\n"
    "   1  done, but damage was found (verify) or something was left out (import, export)\n"
    "   2  the command line makes no sense\n"
    "   3  no such file, array or attribute\n"
    "   4  the target is there already\n"
    "   5  a region outside the array, or a dtype that does not fit\n"
    "   6  the file is damaged, or of another kind\n"
    "   7  valid, but not supported\n"
    "   8  a limit was exceeded, or memory ran out\n"
    "   9  not permitted\n"
    "  10  another writer was faster\n"
    "  11  interrupted or timed out\n"
    "  12  reading or writing failed\n"
    "  13  a defect in af: please report it\n";

// The choice of a command fills `run`.
class CommandLine {
 public:
  CommandLine()
      : app_(
            "Very many n-dimensional arrays in few files: looks into .af stacks, rewrites and converts them.",
            "af") {
    app_.require_subcommand(1);
    app_.footer(kExitCodes);
    app_.set_version_flag("--version", std::string("af ") + af_version_text());
    add_readers();
    add_get();
    add_plot();
    add_writers();
    add_growers();
    add_helpers();
    add_converters();
  }

  ExitCode run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& success) {
      // Help and version print to standard output.
      app_.exit(success);
      std::cout.flush();
      if (!std::cout) fail(kIo, "standard output: cannot be written");
      return kOk;
    } catch (const CLI::ParseError& error) {
      fail(kUsage, error.what(), "; see af --help");
    }
    return run_();
  }

 private:
  CLI::App* add(const std::string& name, const std::string& description, std::function<ExitCode()> run,
                bool* json) {
    CLI::App* command = app_.add_subcommand(name, description);
    command->footer(kExitCodes);
    command->callback([this, run] { run_ = run; });
    command->add_flag("--json", *json, "Print JSON");
    return command;
  }

  static void add_source(CLI::App* command, Source* source) {
    command
        ->add_option("FILE", source->path,
                     "The base file of a stack, a mapped array, or the folder of a store; - for a base file "
                     "from standard input")
        ->required();
    add_layers(command, source);
  }

  static void add_layers(CLI::App* command, Source* source) {
    command->add_option("--layers", source->layers, "Read only the first N layers: the stack as it was then")
        ->option_text("N")
        ->check(CLI::PositiveNumber);
    command
        ->add_option("--commit", source->commit,
                     "Of a store: as of this commit, of those that were kept; see af info")
        ->option_text("N")
        ->check(CLI::PositiveNumber)
        ->excludes("--layers");
  }

  static void add_across(CLI::App* command, std::optional<std::string>* variable, std::string* where) {
    CLI::Option* across = command->add_option(
        "--across", *variable, "Of a store: this variable of all datasets, which are the first axis");
    across->option_text("VARIABLE");
    command
        ->add_option("--where", *where,
                     "Only datasets for which this may hold: \"temp > 5 and @region = 'arctic'\"")
        ->option_text("PREDICATE")
        ->needs(across);
  }

  // As many texts as there are, as they are. By itself CLI11 would split a name in square brackets at its
  // commas.
  static CLI::Option* add_texts(CLI::App* command, const std::string& name, std::vector<std::string>* texts,
                                const std::string& description) {
    constexpr int kAny = CLI::detail::expected_max_vector_size;
    return command->add_option(name, *texts, description)
        ->expected(kAny, kAny)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }

  static void add_codec(CLI::App* command, Encoding* encoding) {
    command->add_option("--codec", encoding->codec, "none, lz4, zstd or zstd:LEVEL (default zstd:3)")
        ->option_text("CODEC");
    command
        ->add_option("--block-size", encoding->block_size,
                     "Bytes of a block before compression, with K, M or G (default 256K)")
        ->option_text("BYTES");
  }

  static void add_format(CLI::App* command, Encoding* encoding) {
    command->add_option("--format", encoding->format, "Footer version: v4, v5 or, for copies, v6")
        ->option_text("VERSION");
  }

  void add_readers() {
    CLI::App* info = add(
        "info", "What a stack is made of: layers, sizes, ids", [this] { return info_.run(); }, &info_.json);
    add_source(info, &info_.source);

    CLI::App* ls = add(
        "ls", "List the arrays", [this] { return ls_.run(); }, &ls_.json);
    add_source(ls, &ls_.source);
    ls->add_flag("-l,--long", ls_.is_long, "Also dimensions, chunks, fill value, attributes");
    CLI::Option* prefix = ls->add_option("--prefix", ls_.prefix, "Only arrays whose names begin with this");
    prefix->option_text("TEXT");
    ls->add_option("--glob", ls_.glob,
                   "Only arrays whose names match: * any text, ? a character, [a-z], [!a-z]")
        ->option_text("PATTERN")
        ->excludes(prefix);
    ls->add_option("--limit", ls_.limit, "At most so many, and where the next page begins")
        ->option_text("N")
        ->check(CLI::PositiveNumber);
    ls->add_option("--first", ls_.first, "Begin at this position, as the page before says")
        ->option_text("N")
        ->check(CLI::NonNegativeNumber);

    CLI::App* dump = add(
        "dump", "Describe all arrays with attributes and statistics", [this] { return dump_.run(); },
        &dump_.json);
    add_source(dump, &dump_.source);
    dump->add_option("--max-content", dump_.max_content,
                     "With --json: bytes of content to read at most, with K, M or G (default 256M and 64 "
                     "times the size on disk)")
        ->option_text("BYTES");

    CLI::App* stats = add(
        "stats", "Counts, minima and maxima", [this] { return stats_.run(); }, &stats_.json);
    add_source(stats, &stats_.source);
    add_texts(stats, "NAME", &stats_.names, "Arrays; all if none is named. Of a store: variables");

    CLI::App* verify = add(
        "verify", "Check checksums, addresses, dictionaries and statistics", [this] { return verify_.run(); },
        &verify_.json);
    add_source(verify, &verify_.source);
    verify->add_option("--repair", verify_.repaired, "Write what is sound of a damaged stack to a new one")
        ->option_text("OUT")
        ->excludes("--layers");
  }

  // The choice of elements.
  static void add_region(CLI::App* get, GetCommand* command) {
    get->add_option("--region", command->region, "FIRST:END for each axis, separated by commas: 0:10,:,3")
        ->option_text("RANGES");
    get->add_option("--start", command->start, "Where the region begins: one number for each axis")
        ->option_text("N,N...");
    get->add_option("--shape", command->shape, "How far it extends: one number for each axis")
        ->option_text("N,N...");
  }

  void add_get() {
    CLI::App* get = add(
        "get", "Print the elements of an array",
        [this] {
          if (get_as_json_) get_.format = "json";
          return get_.run();
        },
        &get_as_json_);
    add_source(get, &get_.source);
    get->add_option("NAME", get_.name, "The array, in a store DATASET/VARIABLE; a mapped array has no name");
    add_across(get, &get_.across, &get_.where);
    get->add_flag("--pad", get_.pad, "With --across: arrays that are smaller than others end in fill values")
        ->needs("--across");
    add_region(get, &get_);
    CLI::Option* format = get->add_option("--format", get_.format, "text (default), csv, json, raw or npy")
                              ->option_text("FORMAT");
    format->excludes("--json");
    get->add_option("-o,--output", get_.output, "Write to this file")->option_text("OUT");
  }

  void add_plot() {
    CLI::App* plot = add(
        "plot", "Draw an array as a picture", [this] { return plot_.run(); }, &plot_.json);
    add_source(plot, &plot_.source);
    plot->add_option("NAME", plot_.name, "The array, in a store DATASET/VARIABLE; none with --across")
        ->required();
    plot->add_option("OUT", plot_.output, "The PNG file to write");
    add_across(plot, &plot_.across, &plot_.where);
    plot->add_option("--region", plot_.region, "FIRST:END for each axis, separated by commas: 0,0,:,:")
        ->option_text("RANGES");
  }

  void add_writers() {
    CLI::App* copy = add(
        "copy",
        "Rewrite a stack as one base file, a store as one of any generation, or turn an array into a mapped "
        "one (.mmap) or back",
        [this] { return copy_.run(); }, &copy_.json);
    copy->add_option("SRC", copy_.source.path, "The stack, store or mapped array to read")->required();
    copy->add_option("DST", copy_.target, "The stack, store or mapped array to write")->required();
    add_layers(copy, &copy_.source);
    add_codec(copy, &copy_.encoding);
    add_format(copy, &copy_.encoding);
    copy->add_option("--name", copy_.name, "The array in the stack, where the other is a mapped array");
    copy->add_option("--to", copy_.to,
                     "Of a store: schema-1, schema-2, schema-3 or container (default as it is, if it can be)")
        ->option_text("GENERATION");
    copy->add_option("--metadata", copy_.metadata,
                     "Of a store: json (default), json.zst, json.lz4, msgpack, msgpack.zst or msgpack.lz4")
        ->option_text("FORM");
    copy->add_flag("--replace", copy_.replace, "Replace what is there");
    copy->add_flag("--append", copy_.append, "Add a mapped array to a stack that is there, as one new layer");
    copy->add_option("--from-layer", copy_.from_layer,
                     "Copy the stack as the layer of this number left it (0: the base)")
        ->option_text("K")
        ->check(CLI::NonNegativeNumber);

    CLI::App* compact = add(
        "compact", "Rewrite all layers of a stack, or of all stacks of a store, as one base, in place",
        [this] { return compact_.run(); }, &compact_.json);
    compact->add_option("FILE", compact_.path, "The base file of a stack, or the folder of a store")
        ->required();
    add_codec(compact, &compact_.encoding);
    compact->add_option("--format", compact_.encoding.format, "Give the stack this footer version: v4 or v5")
        ->option_text("VERSION");

    CLI::App* gc = add(
        "gc", "Give back what dead writers left beside a stack or in a store", [this] { return gc_.run(); },
        &gc_.json);
    gc->add_option("FILE", gc_.path, "The base file of a stack, or the folder of a store")->required();

    CLI::App* backup = add(
        "backup", "Copy the layers of a stack as they are, also while it is written to",
        [this] { return backup_.run(); }, &backup_.json);
    backup->add_option("SRC", backup_.source, "The stack to read")->required();
    backup->add_option("DST", backup_.target, "The backup to make, or an earlier one to bring up to date")
        ->required();
  }

  static void add_compact_at(CLI::App* command, int64_t* compact_at) {
    command->add_option("--compact-at", *compact_at, "Compact the stack if it then has so many layers")
        ->option_text("N")
        ->check(CLI::PositiveNumber);
  }

  void add_growers() {
    CLI::App* append = add(
        "append", "Lengthen arrays by those of another stack", [this] { return append_.run(); },
        &append_.json);
    append->add_option("FILE", append_.path, "The stack that grows")->required();
    append->add_option("SRC", append_.source.path, "The stack to read")->required();
    add_texts(append, "NAME", &append_.names, "Arrays; all if none is named");
    CLI::Option* axis = append->add_option("--axis", append_.axis, "Along this axis (default 0)");
    axis->option_text("N")->check(CLI::NonNegativeNumber);
    append
        ->add_option("--dimension", append_.dimension, "Along the axis of this name; arrays without it stay")
        ->option_text("NAME")
        ->excludes(axis);
    add_compact_at(append, &append_.compact_at);

    CLI::App* rename = add(
        "rename", "Give an array another name", [this] { return rename_.run(); }, &rename_.json);
    rename->add_option("FILE", rename_.path, "The base file of a stack")->required();
    rename->add_option("NAME", rename_.name, "The array")->required();
    rename->add_option("NEW", rename_.new_name, "What it is to be called")->required();

    CLI::App* merge = add(
        "merge", "Copy or move arrays of other stacks into one, without decoding where blocks allow",
        [this] { return merge_.run(); }, &merge_.json);
    add_texts(merge, "PATHS", &merge_.paths, "The stack that grows, then those to read")
        ->required()
        ->option_text("DST SRC...");
    merge->add_option("--array", merge_.names, "Only this array; may be given several times")
        ->option_text("NAME")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    merge->add_option("--as", merge_.new_name, "What the one array is to be called")->option_text("NAME");
    merge->add_flag("--move", merge_.move, "Delete the arrays in the stack they come from");
    merge->add_flag("--skip", merge_.skip, "Leave arrays as they are that are there already");
    merge->add_flag("--replace", merge_.replace, "Replace arrays that are there already");
    add_compact_at(merge, &merge_.compact_at);
  }

  // What a command says of itself, without CLI11.
  static CommandHelp help_of(const CLI::App& command) {
    CommandHelp help{command.get_name(), command.get_description(), {}};
    for (const CLI::Option* option : command.get_options()) {
      OptionHelp& told = help.options.emplace_back();
      for (const std::string& name : option->get_snames()) told.names.push_back("-" + name);
      for (const std::string& name : option->get_lnames()) told.names.push_back("--" + name);
      told.value = option->get_option_text();
      if (told.value.empty() && told.names.empty()) told.value = option->get_name();
      if (told.value.empty() && option->get_expected_max() > 0) told.value = option->get_type_name();
      told.description = option->get_description();
    }
    return help;
  }

  std::vector<CommandHelp> all_help() const {
    std::vector<CommandHelp> all;
    for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; }))
      all.push_back(help_of(*command));
    return all;
  }

  ExitCode print_pages() const {
    bool found = false;
    for (const CommandHelp& help : all_help()) {
      if (folder_.empty() && help.name != page_) continue;
      found = true;
      Output out(folder_.empty() ? std::string("-") : text_of(folder_, "/af-", help.name, ".1"));
      out.write(manual_page(help, kExitCodes));
      out.finish();
    }
    if (!found) fail(kUsage, "man: name a command, or --all and a folder; see af --help");
    return kOk;
  }

  ExitCode print_completion() const {
    Output out;
    out.write(completion_script(shell_, all_help()));
    out.finish();
    return kOk;
  }

  void add_helpers() {
    CLI::App* completion =
        app_.add_subcommand("completion", "Print the script that completes command lines in a shell");
    completion->add_option("SHELL", shell_, "bash, zsh or fish")->required();
    completion->callback([this] { run_ = [this] { return print_completion(); }; });
    CLI::App* manual = app_.add_subcommand("man", "Print the manual page of a command, for man -l -");
    manual->add_option("COMMAND", page_, "The command");
    manual->add_option("--all", folder_, "Write the pages of all commands to this folder")
        ->option_text("FOLDER");
    manual->callback([this] { run_ = [this] { return print_pages(); }; });
  }

  void add_converters() {
    CLI::App* import = add(
        "import", "Take NetCDF files into a stack, or into a store, each as a dataset",
        [this] { return import_.run(); }, &import_.json);
    add_texts(import, "PATHS", &import_.paths,
              "NetCDF files or folders of them, then the stack (DST.af) or store")
        ->required()
        ->option_text("FILE.nc|FOLDER... DST.af|STORE");
    add_codec(import, &import_.encoding);
    add_format(import, &import_.encoding);
    import->add_flag("--replace", import_.replace, "Replace a stack that is there");
    import->add_flag("--append", import_.append, "Add to a stack that is there, as one new layer");
    import->add_flag("--skip-unsupported", import_.skip_unsupported,
                     "Exit with 0 also when something was left out");

    import->add_flag("--keep-going", import_.keep_going,
                     "Into a store: leave out files that cannot be imported, and list them");

    import->add_option("--jobs", import_.jobs, "Into a store: files at a time (default 1)")->option_text("N");

    CLI::App* export_to = add(
        "export", "Write a stack to a NetCDF-4 file, or a store to a folder of them",
        [this] { return export_.run(); }, &export_.json);
    export_to->add_option("SRC", export_.source.path, "The stack or store to read")->required();
    export_to->add_option("OUT", export_.target, "The NetCDF file, or for a whole store the folder, to write")
        ->required();
    export_to->add_option("--dataset", export_.dataset, "Of a store: this dataset alone, to a file")
        ->option_text("NAME");
    add_layers(export_to, &export_.source);
    export_to->add_flag("--replace", export_.replace, "Replace a file that is there");
    export_to->add_flag("--skip-unsupported", export_.skip_unsupported,
                        "Exit with 0 also when something was left out");
  }

  CLI::App app_;
  std::function<ExitCode()> run_;
  InfoCommand info_;
  LsCommand ls_;
  DumpCommand dump_;
  GetCommand get_;
  bool get_as_json_ = false;
  std::string shell_, page_, folder_;
  PlotCommand plot_;
  StatsCommand stats_;
  CopyCommand copy_;
  CompactCommand compact_;
  GcCommand gc_;
  BackupCommand backup_;
  AppendCommand append_;
  RenameCommand rename_;
  MergeCommand merge_;
  VerifyCommand verify_;
  ImportCommand import_;
  ExportCommand export_;
};

ExitCode run_command(int argc, char** argv) {
  try {
    return CommandLine().run(argc, argv);
  } catch (const Failure& failure) {
    complain(failure.what());
    return failure.code();
  } catch (const std::bad_alloc&) {
    complain("out of memory");
    return kLimit;
  } catch (const std::exception& error) {
    complain(error.what());
    return kInternal;
  }
}

}  // namespace
}  // namespace af::cli

int main(int argc, char** argv) {
  // A reader that went away is an error of writing, not a silent death.
  std::signal(SIGPIPE, SIG_IGN);
  af::cli::catch_interrupts();
  return af::cli::run_command(argc, argv);
}
