#include "call_sites.h"

#include <link.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <stdexcept>

#include "core/error.h"

namespace af::proofs {
namespace {

// What system_calls.cc watches, but for close() and what only setting up needs.
constexpr const char* kWatched[] = {"open",   "stat",   "fstat",     "fstatat",  "preadv",
                                    "pwrite", "fsync",  "ftruncate", "link",     "rename",
                                    "unlink", "flock",  "renameat2", "opendir",  "readdir",
                                    "mmap",   "fchmod", "futimens",  "getrandom"};

uintptr_t load_address() {
  uintptr_t address = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* program, size_t, void* found) {
        *static_cast<uintptr_t*>(found) = program->dlpi_addr;
        return 1;  // the first one is this program
      },
      &address);
  return address;
}

// The function that is called; "" if none of those.
std::string watched_call(const std::string& line) {
  if (line.find("call") == std::string::npos && line.find("\tbl\t") == std::string::npos) return "";
  for (const char* name : kWatched)
    if (line.find(text_of("<", name, ">")) != std::string::npos) return name;
  return "";
}

// Of what stacks are made of: not of the proofs, nor of mapped arrays, nor of the folders of datasets.
bool is_of_library(const std::string& function) {
  for (const char* other : {"af::proofs::", "af::TempFolder", "af::MappedPages", "af::NewFile",
                            "af::RegularFile", "af::make_folder"})
    if (function.find(other) != std::string::npos) return false;
  return function.find("af::") != std::string::npos;
}

// By the address that a call returns to.
std::map<uintptr_t, std::string> call_sites() {
  char command[64];
  std::snprintf(command, sizeof command, "objdump -d -C --no-show-raw-insn /proc/%d/exe", getpid());
  std::unique_ptr<FILE, int (*)(FILE*)> output(popen(command, "r"), pclose);
  if (!output) throw std::runtime_error("cannot run objdump");
  std::map<uintptr_t, std::string> sites;
  std::string function;
  std::string called;
  char* text = nullptr;
  size_t room = 0;
  while (getline(&text, &room, output.get()) > 0) {
    std::string line(text);
    unsigned long long address = 0;
    if (size_t name = line.find(" <");
        line[0] != ' ' && name != std::string::npos && line.ends_with(">:\n")) {
      function = line.substr(name + 2, line.size() - name - 5);
    } else if (std::sscanf(text, " %llx:", &address) == 1) {
      if (!called.empty()) sites[static_cast<uintptr_t>(address)] = text_of(called, "() in ", function);
      called = is_of_library(function) ? watched_call(line) : "";
    }
  }
  std::free(text);
  return sites;
}

}  // namespace

std::vector<std::string> call_sites_without(const std::set<const void*>& reached) {
  std::map<uintptr_t, std::string> sites = call_sites();
  if (sites.empty()) throw std::runtime_error("objdump finds no calls of the system in this program");
  uintptr_t begin = load_address();
  // The compiler makes several of one: the same call after a signal, destructors twice.
  std::set<std::string> missing, found;
  for (const auto& [address, site] : sites)
    (reached.contains(reinterpret_cast<const void*>(begin + address)) ? found : missing).insert(site);
  for (const std::string& site : found) missing.erase(site);
  return {missing.begin(), missing.end()};
}

}  // namespace af::proofs
