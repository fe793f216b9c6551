// The classes of a class-conditional model, found by typing.
#pragma once

#include <QLineEdit>
#include <QListView>
#include <QSortFilterProxyModel>
#include <QStringListModel>
#include <QWidget>

namespace diorama::gui {

class ClassPicker : public QWidget {
  Q_OBJECT

 public:
  ClassPicker();

  void setClasses(const QStringList& names);
  void setChosen(int label);
  // False where nothing is searched for.
  bool clearSearch();
  int chosen() const { return chosen_; }

 signals:
  void picked(int label);

 private:
  QLineEdit* search_;
  QListView* list_;
  QStringListModel names_;
  QSortFilterProxyModel found_;
  int chosen_ = -1;
};

}  // namespace diorama::gui
