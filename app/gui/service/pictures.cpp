#include "gui/service/pictures.h"

#include <QBuffer>
#include <QFile>
#include <QImageReader>
#include <QJsonDocument>
#include <cstring>

#include "base/file.h"
#include "base/utf8.h"
#include "gui/service/failure.h"
#include "io/png.h"

namespace diorama::gui {

QImage toQImage(const Image& image) {
  return QImage(image.rgb.data(), image.width, image.height, image.width * 3, QImage::Format_RGB888).copy();
}

Image fromQImage(const QImage& image) {
  const QImage rgb = image.convertToFormat(QImage::Format_RGB888);
  Image result{rgb.width(), rgb.height(), {}};
  const size_t row = static_cast<size_t>(rgb.width()) * 3;
  result.rgb.resize(row * static_cast<size_t>(rgb.height()));
  for (int y = 0; y < rgb.height(); ++y)
    std::memcpy(result.rgb.data() + row * static_cast<size_t>(y), rgb.constScanLine(y), row);
  return result;
}

namespace {

// Opens `bytes` as a PNG, and as nothing else: a file's name decides nothing.
class PictureReader {
 public:
  explicit PictureReader(const QString& path) : bytes_(readPictureBytes(path)) {
    buffer_.setData(QByteArray::fromRawData(bytes_.data(), static_cast<qsizetype>(bytes_.size())));
    buffer_.open(QIODevice::ReadOnly);
    reader_.setAutoDetectImageFormat(false);
    reader_.setFormat("png");
    reader_.setDevice(&buffer_);
  }
  QImageReader& get() { return reader_; }

 private:
  std::string bytes_;
  QBuffer buffer_;
  QImageReader reader_;
};

}  // namespace

std::string readPictureBytes(const QString& path) {
  return read_png_file(toPath(path));
}

QImage readPicture(const QString& path, QString* why) {
  QString problem;
  QImage image;
  try {
    PictureReader reader(path);
    image = reader.get().read();
    if (image.isNull()) problem = reader.get().errorString();
  } catch (...) {
    problem = currentFailure().what;
  }
  if (why != nullptr) *why = problem;
  return image;
}

QImage readSmallPicture(const QString& path, int side) try {
  constexpr qint64 kMostPixels = 40'000'000;
  PictureReader reader(path);
  const QSize size = reader.get().size();
  if (!size.isValid() || qint64{size.width()} * size.height() > kMostPixels) return {};
  if (size.width() > side || size.height() > side)
    reader.get().setScaledSize(size.scaled(side, side, Qt::KeepAspectRatio));
  return reader.get().read();
} catch (...) {
  return {};
}

QString toLine(std::string_view text, size_t most) {
  return QString::fromStdString(one_line(text, most));
}

QJsonObject toQJson(const nlohmann::json& json) {
  const std::string text = json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  return QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
}

std::string toText(const QJsonObject& json) {
  return QJsonDocument(json).toJson(QJsonDocument::Compact).toStdString();
}

std::filesystem::path toPath(const QString& path) {
  return QFile::encodeName(path).toStdString();
}

QString fromPath(const std::filesystem::path& path) {
  return QFile::decodeName(path.c_str());
}

}  // namespace diorama::gui
