/* SPDX-License-Identifier: MIT */
/* The layouts of quotes and contracts that are built in, and their words in five languages. */
#include "modules/deal/deal.h"

#define DOCUMENT_HEAD                                                                             \
    "<!DOCTYPE html>\n<html lang=\"{{lang}}\" dir=\"{{dir}}\"><head><meta charset=\"utf-8\">\n"   \
    "<title>{{title}} {{number}}</title>\n<style>\n"                                              \
    "@page { size: A4; margin: 18mm 16mm 20mm }\n"                                                \
    "body { font: 10pt/1.4 \"Noto Sans\", Vazirmatn, \"Noto Sans SC\", Tahoma, sans-serif; "      \
    "max-width: 178mm; margin: 0 auto; color: #111 }\n"                                           \
    "header, .two { display: flex; justify-content: space-between; gap: 8mm }\n"                  \
    "h1 { font-size: 18pt; margin: 6mm 0 2mm } h2 { font-size: 12pt; margin: 5mm 0 1mm }\n"       \
    "table { width: 100%; border-collapse: collapse; page-break-inside: auto }\n"                 \
    "thead { display: table-header-group } tr { page-break-inside: avoid }\n"                     \
    "th, td { padding: 1mm 1.5mm; border-bottom: .2mm solid #bbb; text-align: start; "            \
    "vertical-align: top }\n"                                                                     \
    ".n { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums }\n"           \
    ".sum { width: 60%; margin-inline-start: 40% } .sum .big td { font-weight: bold; "            \
    "border-top: .4mm solid #111 }\n"                                                             \
    ".sign { height: 22mm; border-bottom: .3mm solid #111; flex: 1; margin-top: 4mm }\n"          \
    ".legal { font-size: 8pt; color: #333 } bdi { unicode-bidi: isolate }\n"                      \
    "</style></head>\n<body>\n"                                                                   \
    "<header><div><strong>{{dealer.name}}</strong><br>{{dealer.street}}<br>"                      \
    "{{dealer.postal_code}} {{dealer.city}}</div>"                                                \
    "<div><bdi>{{dealer.phone}}</bdi><br><bdi>{{dealer.email}}</bdi></div></header>\n"            \
    "<h1>{{title}} <bdi>{{number}}</bdi></h1>\n"

#define DOCUMENT_CAR                                                                              \
    "{{#vehicle}}<h2>{{l.vehicle}}</h2>\n<p>{{name}} {{model_year}} {{colour}}"                   \
    "{{#vin}}<br>{{l.vin}}: <bdi>{{vin}}</bdi>{{/vin}}</p>\n{{/vehicle}}"

#define DOCUMENT_LINES                                                                            \
    "<table><thead><tr><th>{{l.position}}</th><th>{{l.description}}</th>"                         \
    "<th class=\"n\">{{l.quantity}}</th><th class=\"n\">{{l.price}}</th>"                         \
    "<th class=\"n\">{{l.amount}}</th></tr></thead>\n<tbody>\n"                                   \
    "{{#items}}<tr><td>{{position}}</td><td>{{label}}{{#code}} <bdi>{{code}}</bdi>{{/code}}</td>" \
    "<td class=\"n\">{{quantity | number}}</td><td class=\"n\">{{amount | money}}"                \
    "{{#percent}}{{percent}} %{{/percent}}</td>"                                                  \
    "<td class=\"n\">{{quoted | money}}</td></tr>\n{{/items}}</tbody></table>\n"                  \
    "<table class=\"sum\"><tbody>\n"                                                              \
    "{{#sums}}<tr{{#big}} class=\"big\"{{/big}}><td>{{label}}</td>"                               \
    "<td class=\"n\">{{amount | money}}</td></tr>\n{{/sums}}</tbody></table>\n"

#define DOCUMENT_FINANCE                                                                          \
    "{{#finance}}<h2>{{label}}</h2>\n<table class=\"sum\"><tbody>\n"                              \
    "{{#facts}}<tr><td>{{label}}</td><td class=\"n\">{{^text}}{{amount | money}}{{/text}}"        \
    "{{text}}</td></tr>\n{{/facts}}</tbody></table>\n"                                            \
    "<table><thead><tr><th>{{l.position}}</th><th>{{l.due_day}}</th>"                             \
    "<th class=\"n\">{{l.instalment}}</th><th class=\"n\">{{l.interest}}</th>"                    \
    "<th class=\"n\">{{l.principal}}</th><th class=\"n\">{{l.balance}}</th></tr></thead><tbody>\n" \
    "{{#rows}}<tr><td>{{number}}</td><td>{{due_day | date}}</td>"                                 \
    "<td class=\"n\">{{total | money}}</td><td class=\"n\">{{interest | money}}</td>"             \
    "<td class=\"n\">{{principal | money}}</td><td class=\"n\">{{closing | money}}</td></tr>\n"   \
    "{{/rows}}</tbody></table>\n{{/finance}}"

const char *const acrm__document_layouts[2] = {
    DOCUMENT_HEAD
    "<div class=\"two\"><div>{{l.customer}}<br><strong>{{customer.name}}</strong><br>"
    "{{customer.address}}</div>\n<div>{{l.version}} {{version_no}}<br>"
    "{{l.date}}: {{priced_on | date}}<br>{{l.valid_until}}: {{valid_until | date}}<br>"
    "{{#seller}}{{l.seller}}: {{name}} <bdi>{{phone}}</bdi>{{/seller}}</div></div>\n"
    DOCUMENT_CAR DOCUMENT_LINES DOCUMENT_FINANCE
    "{{#note}}<h2>{{l.note}}</h2><p>{{note}}</p>\n{{/note}}"
    "<p class=\"legal\">{{l.legal_quote}}</p>\n</body></html>\n",

    DOCUMENT_HEAD
    "<p>{{l.date}}: {{opened_at | date}}{{#quote_number}} &middot; {{l.quote}} "
    "<bdi>{{quote_number}}</bdi>{{/quote_number}}</p>\n"
    "<h2>{{l.parties}}</h2>\n<table><tbody>\n"
    "<tr><td>{{l.dealer}}</td><td>{{dealer.name}}</td></tr>\n"
    "{{#parties}}<tr><td>{{label}}</td><td>{{name}}{{#address}}, {{address}}{{/address}}</td></tr>"
    "\n{{/parties}}</tbody></table>\n"
    DOCUMENT_CAR DOCUMENT_LINES DOCUMENT_FINANCE
    "{{#has_guarantees}}<h2>{{l.guarantees}}</h2>\n<table><tbody>\n"
    "{{#guarantees}}<tr><td>{{label}}</td><td><bdi>{{number}}</bdi> {{bank}} {{name}}</td>"
    "<td>{{#due_on}}{{due_on | date}}{{/due_on}}</td><td class=\"n\">{{amount | money}}</td></tr>\n"
    "{{/guarantees}}</tbody></table>\n{{/has_guarantees}}"
    "{{#terms}}<h2>{{l.terms}}</h2><p>{{terms}}</p>\n{{/terms}}"
    "<p class=\"legal\">{{l.withdrawal}}: {{withdraw_days}}. {{l.legal_contract}}</p>\n"
    "<div class=\"two\"><div class=\"sign\">{{l.signature}}: {{dealer.name}}</div>"
    "{{#parties}}{{#signs}}<div class=\"sign\">{{l.signature}}: {{name}}</div>{{/signs}}"
    "{{/parties}}</div>\n</body></html>\n",
};

const char *const acrm__document_names[] = {
    "quote", "contract", "customer", "dealer", "seller", "version", "date", "valid_until",
    "vehicle", "vin", "position", "description", "quantity", "price", "amount", "note", "parties",
    "guarantees", "terms", "signature", "due_day", "interest", "principal", "balance",
    /* kinds of lines */
    "option", "accessory", "service", "insurance", "fee", "levy", "discount", "rebate",
    "trade_in", "debt", "deposit",
    /* totals */
    "list_total", "net_total", "tax", "gross_total", "total", "payable", "due",
    /* payment */
    "credit", "lease", "financed", "instalment", "periods", "balloon", "finance_total", "apr",
    /* parties and guarantees */
    "buyer", "co_buyer", "guarantor", "driver", "payer", "cheque", "bank_letter",
    "legal_quote", "legal_contract", "withdrawal", NULL
};

static const char *const document_en[] = {
    "Quote", "Sales contract", "Customer", "Seller", "Adviser", "Version", "Date", "Valid until",
    "Vehicle", "VIN", "No.", "Description", "Quantity", "Price", "Amount", "Note", "Parties",
    "Guarantees", "Terms", "Signature", "Due", "Interest", "Principal", "Balance",
    "Option", "Accessory", "Service", "Insurance", "Fee", "Registration tax", "Discount", "Rebate",
    "Trade-in", "Debt on the trade-in", "Deposit",
    "List price", "Net", "Tax", "Gross", "Total price", "Payable", "Left to pay",
    "Instalments", "Lease", "Amount financed", "Instalment", "Number of instalments",
    "Due at the end", "All instalments", "Annual percentage rate",
    "Buyer", "Second buyer", "Guarantor", "Driver", "Payer", "Cheque", "Bank letter",
    "This quote is free and binds the seller until the day named above. Prices are those of the "
    "day of the quote. Instalments are an example and depend on the lender's approval.",
    "The contract binds when all parties have signed. Vehicle, price and payment are as listed "
    "above; other agreements need writing.",
    "The buyer may withdraw without giving a reason for this many days after signing"
};
static const char *const document_fa[] = {
    "پیش‌فاکتور", "قرارداد فروش", "مشتری", "فروشنده", "کارشناس فروش", "نسخه", "تاریخ", "معتبر تا",
    "خودرو", "شماره شاسی", "ردیف", "شرح", "تعداد", "قیمت", "مبلغ", "توضیح", "طرفین",
    "تضمین‌ها", "شرایط", "امضا", "سررسید", "سود", "اصل", "مانده",
    "آپشن", "لوازم جانبی", "خدمات", "بیمه", "کارمزد", "مالیات شماره‌گذاری", "تخفیف", "تخفیف سازنده",
    "خودروی تعویضی", "بدهی خودروی تعویضی", "پیش‌پرداخت",
    "قیمت فهرست", "بدون مالیات", "مالیات", "با مالیات", "بهای کل", "قابل پرداخت", "باقی‌مانده",
    "اقساط", "اجاره به شرط تملیک", "مبلغ تسهیلات", "قسط", "تعداد اقساط",
    "پرداخت پایانی", "جمع اقساط", "نرخ سالانه مؤثر",
    "خریدار", "خریدار دوم", "ضامن", "راننده", "پرداخت‌کننده", "چک", "ضمانت‌نامه بانکی",
    "این پیش‌فاکتور رایگان است و تا تاریخ یادشده فروشنده را متعهد می‌کند. قیمت‌ها مربوط به روز "
    "صدور است. اقساط نمونه است و به تأیید تسهیلات‌دهنده بستگی دارد.",
    "قرارداد با امضای همه طرفین لازم‌الاجراست. خودرو، بها و شیوه پرداخت به شرح بالاست و هر توافق "
    "دیگر باید کتبی باشد.",
    "خریدار می‌تواند بدون ذکر دلیل تا این تعداد روز پس از امضا انصراف دهد"
};
static const char *const document_it[] = {
    "Preventivo", "Contratto di vendita", "Cliente", "Venditore", "Consulente", "Versione", "Data",
    "Valido fino al", "Veicolo", "Telaio", "N.", "Descrizione", "Quantità", "Prezzo", "Importo",
    "Nota", "Parti", "Garanzie", "Condizioni", "Firma", "Scadenza", "Interessi", "Capitale",
    "Residuo",
    "Optional", "Accessorio", "Servizio", "Assicurazione", "Spese", "Imposta di immatricolazione",
    "Sconto", "Contributo", "Permuta", "Debito sulla permuta", "Anticipo",
    "Prezzo di listino", "Imponibile", "IVA", "Totale con IVA", "Prezzo totale", "Da pagare",
    "Saldo", "Rate", "Leasing", "Importo finanziato", "Rata", "Numero di rate", "Maxirata finale",
    "Totale delle rate", "TAEG",
    "Acquirente", "Secondo acquirente", "Garante", "Conducente", "Pagatore", "Assegno",
    "Lettera di garanzia bancaria",
    "Il preventivo è gratuito e impegna il venditore fino alla data indicata. I prezzi sono quelli "
    "del giorno del preventivo. Le rate sono un esempio, salvo approvazione del finanziatore.",
    "Il contratto vincola quando tutte le parti hanno firmato. Veicolo, prezzo e pagamento sono "
    "quelli indicati sopra; ogni altro accordo richiede la forma scritta.",
    "L'acquirente può recedere senza motivo entro questo numero di giorni dalla firma"
};
static const char *const document_zh[] = {
    "报价单", "销售合同", "客户", "卖方", "销售顾问", "版本", "日期", "有效期至",
    "车辆", "车辆识别代号", "序号", "说明", "数量", "单价", "金额", "备注", "当事人",
    "担保", "条款", "签字", "到期日", "利息", "本金", "余额",
    "选装", "附件", "服务", "保险", "费用", "购置税", "折扣", "补贴",
    "置换车", "置换车贷款余额", "定金",
    "标价", "不含税", "税", "含税", "总价", "应付", "待付",
    "分期付款", "租赁", "贷款金额", "每期付款", "期数",
    "尾款", "分期总额", "年利率",
    "买方", "共同买方", "保证人", "驾驶人", "付款人", "支票", "银行保函",
    "本报价免费，在上述日期前对卖方有约束力。价格以报价日为准。分期付款为示例，以贷款机构批准为准。",
    "合同自各方签字之日起生效。车辆、价格和付款方式如上所列，其他约定须采用书面形式。",
    "买方可在签字后以下天数内无理由解除合同"
};
static const char *const document_ru[] = {
    "Предложение", "Договор купли-продажи", "Клиент", "Продавец", "Консультант", "Версия", "Дата",
    "Действительно до", "Автомобиль", "VIN", "№", "Описание", "Количество", "Цена", "Сумма",
    "Примечание", "Стороны", "Обеспечение", "Условия", "Подпись", "Срок", "Проценты",
    "Основной долг", "Остаток",
    "Опция", "Аксессуар", "Услуга", "Страхование", "Сбор", "Регистрационный налог", "Скидка",
    "Субсидия", "Трейд-ин", "Долг по трейд-ин", "Задаток",
    "Цена по прайс-листу", "Без налога", "Налог", "С налогом", "Общая цена", "К оплате",
    "Остаток к оплате", "Рассрочка", "Лизинг", "Сумма кредита", "Платёж", "Число платежей",
    "Последний платёж", "Сумма платежей", "Полная стоимость кредита, годовых",
    "Покупатель", "Второй покупатель", "Поручитель", "Водитель", "Плательщик", "Чек",
    "Банковская гарантия",
    "Предложение бесплатно и обязывает продавца до указанного дня. Цены действительны на день "
    "предложения. Платежи приведены для примера и зависят от решения кредитора.",
    "Договор вступает в силу, когда его подписали все стороны. Автомобиль, цена и порядок оплаты "
    "указаны выше; иные соглашения заключаются письменно.",
    "Покупатель вправе отказаться без объяснения причин в течение стольких дней после подписания"
};

#define DOCUMENT_WORDS(language)                                                                  \
    { #language, document_##language }

const acrm__document_words acrm__document_languages[] = {
    DOCUMENT_WORDS(en), DOCUMENT_WORDS(fa), DOCUMENT_WORDS(it), DOCUMENT_WORDS(zh),
    DOCUMENT_WORDS(ru), { NULL, NULL }
};

#define DOCUMENT_COUNT(list) (sizeof(list) / sizeof(list)[0])
#define DOCUMENT_WHOLE(list)                                                                      \
    _Static_assert(DOCUMENT_COUNT(list) + 1 == DOCUMENT_COUNT(acrm__document_names), #list)

DOCUMENT_WHOLE(document_en);
DOCUMENT_WHOLE(document_fa);
DOCUMENT_WHOLE(document_it);
DOCUMENT_WHOLE(document_zh);
DOCUMENT_WHOLE(document_ru);
