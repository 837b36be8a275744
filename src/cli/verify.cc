// af verify: what is wrong with a stack, one line each.
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/stack.h"
#include "cli/text.h"

namespace af::cli {
namespace {

void print_text(Output& out, const af_report* report, const std::string& path, int64_t problems) {
  for (int64_t i = 0; i < af_report_count(report); i++)
    out.write(text_of(
        af_report_is_problem(report, i) ? "problem: " : "note: ", escaped(af_report_text(report, i)), "\n"));
  out.write(text_of(escaped(path), ": ",
                    problems == 0 ? std::string("no problems") : counted(problems, "problem"), "\n"));
}

void print_json(Output& out, const af_report* report, const std::string& path, int64_t problems) {
  JsonWriter json(out);
  json.begin_object();
  json.member("path", path);
  json.member("problems", problems);
  json.key("findings");
  json.begin_array();
  for (int64_t i = 0; i < af_report_count(report); i++) {
    json.begin_object();
    json.member("problem", af_report_is_problem(report, i) != 0);
    json.member("text", af_report_text(report, i));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out.write("\n");
}

}  // namespace

ExitCode VerifyCommand::run() const {
  const File file = open_stack(source);
  Report report;
  {
    const Progress progress("verifying", file.get());
    report = make<Report>(af_file_verify, file.get());
  }
  int64_t problems = 0;
  for (int64_t i = 0; i < af_report_count(report.get()); i++)
    problems += af_report_is_problem(report.get(), i);
  Output out;
  json ? print_json(out, report.get(), source.path, problems)
       : print_text(out, report.get(), source.path, problems);
  out.finish();
  return problems == 0 ? kOk : kProblems;
}

}  // namespace af::cli
