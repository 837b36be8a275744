#include "store/xml.h"

#include <pugixml.hpp>

namespace af {
namespace {

class Node : public XmlElement {
 public:
  explicit Node(pugi::xml_node node) : node_(node) {}
  std::string name() const override { return node_.name(); }
  std::string text(const char* child) const override { return node_.child(child).child_value(); }
  std::string text() const override { return node_.child_value(); }
  void for_each(const char* child, const std::function<void(const XmlElement&)>& visit) const override {
    for (pugi::xml_node found : node_.children(child)) visit(Node(found));
  }

 protected:
  pugi::xml_node node_;
};

class Root : public Node {
 public:
  explicit Root(std::unique_ptr<pugi::xml_document> document)
      : Node(document->document_element()), document_(std::move(document)) {}

 private:
  std::unique_ptr<pugi::xml_document> document_;
};

}  // namespace

std::unique_ptr<const XmlElement> parse_xml(std::string_view document) {
  auto parsed = std::make_unique<pugi::xml_document>();
  // Blanks are kept: a key may consist of them.
  if (!parsed->load_buffer(document.data(), document.size(),
                           pugi::parse_default | pugi::parse_ws_pcdata_single))
    return nullptr;
  if (!parsed->document_element()) return nullptr;
  return std::make_unique<Root>(std::move(parsed));
}

std::string xml_escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace af
