// Settings out of pictures of other programs, with what could not be taken over.
#include <QTemporaryDir>
#include <QtTest>

#include "gui/service/comparison.h"
#include "gui/service/picture_file.h"
#include "gui/service/picture_name.h"
#include "io/png.h"

namespace diorama::gui {

class TestPictureFile : public QObject {
  Q_OBJECT

 private:
  QString write(const std::string& keyword, const std::string& text) {
    const Image image{2, 2, std::vector<uint8_t>(12, 128)};
    const std::vector<PngText> texts{{.keyword = keyword, .text = text}};
    const std::string bytes = encode_png(image, texts);
    const QString path = folder_.filePath("picture.png");
    QFile file(path);
    file.open(QIODevice::WriteOnly);
    file.write(bytes.data(), static_cast<qint64>(bytes.size()));
    return path;
  }
  QTemporaryDir folder_;

 private slots:
  void a1111() {
    const PictureFile file = readPictureFile(
        write("parameters",
              "a fox\nNegative prompt: blur\nSteps: 25, Sampler: Euler a, CFG scale: 6.5, Seed: 42, Size: "
              "512x768, Model: dreamshaper, Clip skip: 2, Hires upscale: 1.5"));
    QCOMPARE(file.settings.prompt, QString("a fox"));
    QCOMPARE(file.settings.negativePrompt, QString("blur"));
    QCOMPARE(file.settings.steps, 25);
    QCOMPARE(file.settings.guidance, 6.5);
    QCOMPARE(file.settings.seed, quint64(42));
    QCOMPARE(file.settings.width, 512);
    QCOMPARE(file.settings.height, 768);
    QVERIFY(file.settings.sampler.isEmpty());
    const QString unmapped = file.unmapped.join("; ");
    for (const char* part : {"Euler a", "dreamshaper", "Clip skip", "Hires upscale"})
      QVERIFY2(unmapped.contains(part), qPrintable(unmapped));
    QVERIFY2(!unmapped.contains("Steps"), qPrintable(unmapped));
  }

  void comfyui() {
    const PictureFile file = readPictureFile(write("prompt", R"({
      "3": {"class_type": "KSampler", "inputs": {"seed": 5, "steps": 12, "cfg": 3.5, "sampler_name": "euler",
            "positive": ["6", 0], "negative": ["7", 0]}},
      "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a lake"}},
      "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "people"}}})"));
    QCOMPARE(file.settings.prompt, QString("a lake"));
    QCOMPARE(file.settings.negativePrompt, QString("people"));
    QCOMPARE(file.settings.seed, quint64(5));
    QCOMPARE(file.settings.steps, 12);
    QCOMPARE(file.settings.sampler, QString("euler"));
  }

  void broken_or_silent_files_are_explained() {
    QFile file(folder_.filePath("broken.png"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("\x89PNG\r\n\x1a\nnonsense");
    file.close();
    QVERIFY(readPictureFile(file.fileName()).problem.contains("broken.png"));
    QVERIFY(readPictureFile(folder_.filePath("none.png")).problem.contains("none.png"));
    const PictureFile silent = readPictureFile(write("Title", "holiday"));
    QVERIFY(silent.problem.isEmpty() && !silent.hasSettings());
  }

  void plans_that_are_none_are_not_taken_over() {
    const PictureFile file =
        readPictureFile(write("diorama", R"({"program": "Diorama 0.1.0", "prompt": "a fox",
        "acceleration": "fast", "decisions": {"plan": {"name": "fast", "methods": [{"method": "magic"}]}}})"));
    QCOMPARE(file.settings.prompt, QString("a fox"));
    QVERIFY(file.settings.customPlan.isEmpty());
    QVERIFY2(file.unmapped.join("; ").contains("magic"), qPrintable(file.unmapped.join("; ")));
  }

  void names_count_on() {
    const QString folder = folder_.filePath("pictures");
    const QString first = nextPicturePath(folder, "A smiling cat, 3D!", 7);
    QCOMPARE(QFileInfo(first).fileName(), QString("0001-a-smiling-cat-3d-7.png"));
    QFile(folder + "/0041-x-1.png").open(QIODevice::WriteOnly);
    QVERIFY(nextPicturePath(folder, "", 7).endsWith("/0042-picture-7.png"));
  }

  void comparison() {
    QImage a(16, 16, QImage::Format_RGB888);
    a.fill(QColor(10, 20, 30));
    QImage b = a;
    QVERIFY(comparePictures(a, b).identical);
    b.setPixelColor(3, 3, QColor(15, 20, 30));
    QCOMPARE(comparePictures(a, b).largest, 5);
    QCOMPARE(differenceOf(a, b, 4).pixelColor(3, 3), QColor(20, 0, 0));
    QVERIFY(!comparePictures(a, QImage(8, 8, QImage::Format_RGB888)).problem.isEmpty());
    QVERIFY(differenceOf(a, QImage(8, 8, QImage::Format_RGB888), 1).isNull());
  }
};

}  // namespace diorama::gui

QTEST_GUILESS_MAIN(diorama::gui::TestPictureFile)
#include "tst_picture_file.moc"
