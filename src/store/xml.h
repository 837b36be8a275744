// The documents that object stores answer with. xml.cc is the only file that knows pugixml.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace af {

class XmlElement {
 public:
  virtual ~XmlElement() = default;
  virtual std::string name() const = 0;
  // The text of the child of this name; "" if there is none.
  virtual std::string text(const char* child) const = 0;
  // Its own text.
  virtual std::string text() const = 0;
  virtual void for_each(const char* child, const std::function<void(const XmlElement&)>& visit) const = 0;
};

// The root of a document; nullptr if it is none. Nothing outside of the document is looked at.
std::unique_ptr<const XmlElement> parse_xml(std::string_view document);

// The text between tags.
std::string xml_escape(std::string_view text);

}  // namespace af
