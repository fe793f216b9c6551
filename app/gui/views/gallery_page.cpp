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
  auto* filter = new QComboBox;
  filter->setAccessibleName(tr("Filter"));
  filter->addItems({tr("All pictures"), tr("Exact"), tr("Accelerated")});
  auto* head = new QHBoxLayout;
  head->setSpacing(space::kSmall);
  head->addWidget(label(tr("Gallery"), "title"));
  head->addSpacing(space::kMedium);
  head->addWidget(search_, 1);
  head->addWidget(filter);
  head->addStretch();
  head->addWidget(count_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(space::kHuge, space::kLarge, space::kHuge, 0);
  layout->setSpacing(space::kLarge);
  layout->addLayout(head);
  layout->addWidget(view_, 1);
  GalleryModel& model = session.gallery();
  connect(search_, &QLineEdit::textChanged, &model, &GalleryModel::setSearch);
  connect(filter, &QComboBox::currentIndexChanged, &model,
          [&model](int at) { model.setFilter(static_cast<GalleryFilter>(at)); });
  for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
    connect(&model, signal, this, &GalleryPage::showCount);
  connect(&model, &QAbstractItemModel::modelReset, this, &GalleryPage::showCount);
  showCount();
}

void GalleryPage::showCount() {
  const int shown = session_.gallery().rowCount(), all = session_.gallery().numPictures();
  count_->setText(shown == all ? picturesText(all) : tr("%1 of %2").arg(shown).arg(all));
}

}  // namespace diorama::gui
