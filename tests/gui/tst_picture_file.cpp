// Settings out of pictures of other programs, with what could not be taken over.
#include <sys/stat.h>
#include <QDir>
#include <QTemporaryDir>
#include <QtTest>
#include <thread>
#include <vector>

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

  void tags_of_other_programs_are_named() {
    const PictureFile file = readPictureFile(
        write("parameters",
              "a fox <lora:inkStyle:0.8>, (sharp focus:1.2) and (plain brackets)\nSteps: 4, Seed: 1"));
    const QString unmapped = file.unmapped.join("; ");
    QVERIFY2(unmapped.contains("LoRA inkStyle"), qPrintable(unmapped));
    QVERIFY2(unmapped.contains("(sharp focus:1.2)"), qPrintable(unmapped));
    QVERIFY2(!unmapped.contains("plain brackets"), qPrintable(unmapped));
    QVERIFY(file.settings.prompt.startsWith("a fox"));
  }

  void what_is_not_known_is_not_made_up() {
    const PictureFile file = readPictureFile(write("parameters", "a fox\nSteps: 4, Seed: -1, Size: 0x0"));
    QVERIFY(file.hasSettings() && !file.knowsSeed);
    QCOMPARE(file.settings.width, 0);
    QCOMPARE(file.settings.guidance, 0.0);
    QCOMPARE(parametersOf(file.recipe), QString("a fox\nSteps: 4"));
    const QString unmapped = file.unmapped.join("; ");
    QVERIFY2(unmapped.contains("seed -1") && unmapped.contains("size 0x0"), qPrintable(unmapped));
    QVERIFY(readPictureFile(write("parameters", "a fox\nSteps: 4, Seed: 0")).knowsSeed);
  }

  void jpeg() {
    const auto number = [](qsizetype value, int bytes) {
      QByteArray text;
      for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
      return text;
    };
    const QByteArray comment = QByteArray("ASCII\0\0\0", 8) + "a fox\nSteps: 4, Seed: 7";
    const QByteArray exif = QByteArray("Exif\0\0II*\0", 10) + number(8, 4) + number(1, 2) +
                            number(0x9286, 2) + number(7, 2) + number(comment.size(), 4) + number(26, 4) +
                            number(0, 4) + comment;
    QFile picture(folder_.filePath("picture.jpg"));
    QVERIFY(picture.open(QIODevice::WriteOnly));
    const char size = static_cast<char>(exif.size() + 2);
    picture.write(QByteArray("\xFF\xD8\xFF\xE1\0", 5) + size + exif + QByteArray("\xFF\xDA\0\2", 4));
    picture.close();
    const PictureFile file = readPictureFile(picture.fileName());
    QVERIFY2(file.problem.isEmpty(), qPrintable(file.problem));
    QCOMPARE(file.settings.prompt, QString("a fox"));
    QCOMPARE(file.settings.seed, quint64(7));
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
    QFile(folder + "/2147483647-x-1.png").open(QIODevice::WriteOnly);
    QVERIFY(nextPicturePath(folder, "", 7).endsWith("/0042-picture-7.png"));
    const QString letters = QString("\U0001F98A x").repeated(20);
    QVERIFY(!QFileInfo(nextPicturePath(folder, letters, 7)).fileName().contains('?'));
  }

  // As two windows do that paint into one folder.
  void names_are_taken_when_they_are_written() {
    const QString folder = folder_.filePath("shared");
    constexpr int kWriters = 4, kPictures = 20;
    std::vector<std::thread> writers;
    for (int writer = 0; writer < kWriters; ++writer)
      writers.emplace_back([&, writer] {
        for (int i = 0; i < kPictures; ++i)
          writeNextPicture(folder, "cat", 7, QStringLiteral("%1 %2").arg(writer).arg(i).toStdString());
      });
    for (std::thread& writer : writers) writer.join();
    QSet<QByteArray> contents;
    for (const QFileInfo& info : QDir(folder).entryInfoList(QDir::Files | QDir::Hidden)) {
      QFile file(info.filePath());
      QVERIFY(file.open(QIODevice::ReadOnly));
      contents << file.readAll();
    }
    QCOMPARE(contents.size(), kWriters * kPictures);
    const QString first = writeNewPicture(folder, "sheet", "first");
    const QString second = writeNewPicture(folder, "sheet", "second");
    QVERIFY(first.endsWith("/sheet.png") && second.endsWith("/sheet-2.png"));
  }

  void what_is_no_file_is_not_waited_for() {
    const QString pipe = folder_.filePath("pipe.png");
    QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
    QVERIFY(readPictureFile(pipe).problem.contains("pipe.png"));
    QFile huge(folder_.filePath("huge.png"));
    QVERIFY(huge.open(QIODevice::WriteOnly));
    QVERIFY(huge.resize(qint64{4} << 30));
    QVERIFY(readPictureFile(huge.fileName()).problem.contains("huge.png"));
    huge.remove();
  }

  void what_is_longer_than_anybody_reads_is_cut() {
    const std::string words(200000, 'a');  // no longer than a recipe's own limit
    const PictureFile file = readPictureFile(write(
        "parameters", words + "\nNegative prompt: " + words + "\nSteps: 4, Sampler: " + words + ", Seed: 1"));
    QVERIFY(file.settings.prompt.size() <= 20000 && file.settings.negativePrompt.size() <= 20000);
    QVERIFY2(file.unmapped.join("; ").contains("end of the prompt"),
             qPrintable(file.unmapped.join("; ").left(200)));
    QVERIFY(file.unmapped.join("; ").size() < 2000);
    std::string keys = "a fox\nSteps: 1";
    for (int i = 0; i < 50000; ++i) keys += ", Key " + std::to_string(i) + ": 1";
    QVERIFY(readPictureFile(write("parameters", keys)).unmapped.size() < 100);
  }

  void lines_of_strangers_are_lines() {
    const PictureFile file = readPictureFile(
        write("diorama",
              "{\"program\": \"Diorama 0.1.0\", \"prompt\": \"a fox\", \"model\": \"M\\u001b[2J\\nM\", "
              "\"sampler\": \"euler\", \"acceleration\": \"\\u202efast\"}"));
    for (const QString& line : {file.modelTitle, file.settings.acceleration})
      for (const QChar c : line) QVERIFY(c.isPrint() || c == QChar(0xFFFD));
  }

  void comparison() {
    QImage a(16, 16, QImage::Format_RGB888);
    a.fill(QColor(10, 20, 30));
    QImage b = a;
    QVERIFY(comparePictures(a, b).identical);
    b.setPixelColor(3, 3, QColor(15, 20, 30));
    QCOMPARE(comparePictures(a, b).largest, 5);
    QCOMPARE(differenceOf(a, b, 4).pixelColor(3, 3), QColor(20, 0, 0));
    QCOMPARE(comparePictures(a, QImage(8, 12, QImage::Format_RGB888)).problem,
             QString("Different sizes (16×16, 8×12): shown, but not measured."));
    QVERIFY(differenceOf(a, QImage(8, 8, QImage::Format_RGB888), 1).isNull());
  }
};

}  // namespace diorama::gui

QTEST_GUILESS_MAIN(diorama::gui::TestPictureFile)
#include "tst_picture_file.moc"
