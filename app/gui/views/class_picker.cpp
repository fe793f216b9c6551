#include "gui/views/class_picker.h"

#include <QVBoxLayout>

#include "gui/views/theme.h"

namespace diorama::gui {

ClassPicker::ClassPicker() : search_(new QLineEdit), list_(new QListView) {
  constexpr int kListHeight = 160;
  search_->setPlaceholderText(tr("Search classes"));
  search_->setAccessibleName(tr("Search classes"));
  search_->setClearButtonEnabled(true);
  search_->setAcceptDrops(false);  // a picture that is dropped is the window's business
  list_->setAccessibleName(tr("Class"));
  list_->setFixedHeight(kListHeight);
  list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  found_.setSourceModel(&names_);
  found_.setFilterCaseSensitivity(Qt::CaseInsensitive);
  list_->setModel(&found_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(space::kTight);
  layout->addWidget(search_);
  layout->addWidget(list_);
  connect(search_, &QLineEdit::textChanged, &found_, &QSortFilterProxyModel::setFilterFixedString);
  const auto pick = [this](const QModelIndex& at) {
    const int label = found_.mapToSource(at).row();
    if (!at.isValid() || label == chosen_) return;
    chosen_ = label;
    emit picked(label);
  };
  connect(list_, &QListView::clicked, this, pick);
  connect(list_, &QListView::activated, this, pick);
  // A search moves the current row too, where it hides it: that picks nothing.
  connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this, pick](const QModelIndex& at) {
            if (list_->hasFocus()) pick(at);
          });
}

void ClassPicker::setClasses(const QStringList& names) {
  if (names != names_.stringList()) names_.setStringList(names);
  setVisible(!names.isEmpty());
}

void ClassPicker::setChosen(int label) {
  chosen_ = label;
  list_->setCurrentIndex(found_.mapFromSource(names_.index(label)));
}

bool ClassPicker::clearSearch() {
  if (!isVisible() || search_->text().isEmpty()) return false;
  search_->clear();
  return true;
}

}  // namespace diorama::gui
