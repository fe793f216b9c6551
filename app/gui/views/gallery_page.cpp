#include "gui/views/gallery_page.h"

#include <QComboBox>
#include <QVBoxLayout>

#include "gui/views/icons.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"
#include "gui/views/words.h"

namespace diorama::gui {

GalleryPage::GalleryPage(Session& session)
    : session_(session), search_(new QLineEdit), count_(label({}, "dim")) {
  constexpr int kSide = 160;
  constexpr int kSearchWidth = 320;
  setObjectName("page");
  setAttribute(Qt::WA_StyledBackground);
  view_ = new GalleryView(session, kSide, true);
  search_->setPlaceholderText(tr("Search prompts, models, seeds   Ctrl+F"));
  search_->setAccessibleName(tr("Search the gallery"));
  search_->setClearButtonEnabled(true);
  search_->addAction(icon("search"), QLineEdit::LeadingPosition);
  search_->setMaximumWidth(kSearchWidth);
  search_->setAcceptDrops(false);  // a picture that is dropped is the window's business
  filter_ = new QComboBox;
  filter_->setAccessibleName(tr("Filter"));
  filter_->addItems({tr("All pictures"), tr("Exact"), tr("Accelerated")});
  clear_ = button(tr("Clear search"));
  clear_->hide();
  auto* head = new QHBoxLayout;
  head->setSpacing(space::kSmall);
  head->addWidget(label(tr("Gallery"), "title"));
  head->addSpacing(space::kMedium);
  head->addWidget(search_, 1);
  head->addWidget(filter_);
  head->addWidget(clear_);
  head->addStretch();
  head->addWidget(count_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(space::kHuge, space::kLarge, space::kHuge, 0);
  layout->setSpacing(space::kLarge);
  layout->addLayout(head);
  layout->addWidget(view_, 1);
  GalleryModel& model = session.gallery();
  connect(search_, &QLineEdit::textChanged, &model, &GalleryModel::setSearch);
  connect(filter_, &QComboBox::currentIndexChanged, &model,
          [&model](int at) { model.setFilter(static_cast<GalleryFilter>(at)); });
  connect(clear_, &QPushButton::clicked, this, [this] {
    search_->clear();
    filter_->setCurrentIndex(0);
    search_->setFocus();
  });
  for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
    connect(&model, signal, this, &GalleryPage::showCount);
  connect(&model, &QAbstractItemModel::modelReset, this, &GalleryPage::showCount);
  showCount();
}

void GalleryPage::showCount() {
  const int shown = session_.gallery().rowCount(), all = session_.gallery().numPictures();
  count_->setText(shown == all ? picturesText(all) : tr("%1 of %2").arg(shown).arg(all));
  clear_->setVisible(shown == 0 && all > 0);
  view_->setEmptyText(all == 0                    ? tr("No pictures yet. Those you paint are kept here.")
                      : search_->text().isEmpty() ? tr("No picture of this kind.")
                                                  : tr("Nothing matches “%1”.").arg(search_->text()));
}

bool GalleryPage::closeInnermost() {
  if (search_->text().isEmpty()) return false;
  search_->clear();
  return true;
}

}  // namespace diorama::gui
