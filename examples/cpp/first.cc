// c++ -std=c++17 first.cc $(pkg-config --cflags --libs arrayformat) -o first
#include <arrayformat/arrayformat.hpp>
#include <iostream>

namespace af = arrayformat;

int main() try {
  {
    af::File file = af::File::create("weather.af");
    file.define("celsius", af::Schema::of<double>({2, 3}).set_dimension_name(0, "day"));
    file.write("celsius", std::vector<double>{11.5, 12, 12.25, 9.75, 10, 10.5});
    file.set_attribute("celsius", "units", af::Value::text("degC"));
    file.flush();
  }
  const af::File file = af::File::open("weather.af");
  std::cout << "tomorrow:";
  for (double celsius : file.read<double>("celsius", {{1, 0}, {1, 3}})) std::cout << ' ' << celsius;
  std::cout << ' ' << file.attribute("celsius", "units").view().bytes() << '\n';
} catch (const af::Error& error) {
  std::cerr << af_status_name(error.status()) << ": " << error.what() << '\n';
  return 1;
}
