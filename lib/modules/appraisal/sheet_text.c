/* SPDX-License-Identifier: MIT */
/* The sheet of an appraisal that is built in, and its words in five languages. */
#include "modules/appraisal/appraisal.h"

/* Of A4, to be printed by any browser. Every value is escaped by the engine. */
const char acrm__sheet_layout[] =
    "<!DOCTYPE html>\n<html lang=\"{{language}}\" dir=\"{{direction}}\">\n<head>"
    "<meta charset=\"utf-8\"><title>{{l.title}}: {{vehicle.name}}</title>\n<style>"
    "@page{size:A4;margin:16mm}body{font:10pt/1.4 \"Noto Sans\",Vazirmatn,\"Noto Sans SC\","
    "Tahoma,sans-serif}h1{font-size:15pt}h2{font-size:12pt}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #999;padding:1mm 2mm;text-align:start}"
    "tr{break-inside:avoid}.n{text-align:end;white-space:nowrap}bdi{unicode-bidi:isolate}"
    ".sign{margin-top:18mm;display:flex;gap:20mm}.sign div{flex:1;border-top:1px solid #000}"
    "</style></head>\n<body>\n"
    "<p><strong>{{dealer.name}}</strong> {{dealer.city}} <bdi>{{dealer.phone}}</bdi></p>\n"
    "<h1>{{l.title}}: {{vehicle.name}}</h1>\n<table>\n"
    "<tr><th>{{l.vin}}</th><td><bdi>{{vehicle.vin}}</bdi></td><th>{{l.plate}}</th>"
    "<td><bdi>{{vehicle.plate}}</bdi></td></tr>\n"
    "<tr><th>{{l.model_year}}</th><td>{{vehicle.model_year}}</td><th>{{l.colour}}</th>"
    "<td>{{vehicle.colour}}</td></tr>\n"
    "<tr><th>{{l.odometer}}</th><td>{{#appraisal.odometer}}{{appraisal.odometer | number}} "
    "{{l.km}}{{/appraisal.odometer}}</td><th>{{l.stage}}</th><td>{{stage}}</td></tr>\n"
    "<tr><th>{{l.customer}}</th><td>{{customer.name}}</td><th>{{l.date}}</th><td>{{on | date}}</td>"
    "</tr>\n</table>\n<h2>{{l.condition}}</h2>\n<table>\n<thead><tr><th>{{l.element}}</th>"
    "<th>{{l.condition}}</th><th>{{l.tread}}</th><th>{{l.note}}</th>"
    "<th class=\"n\">{{l.repair}}</th></tr></thead>\n"
    "{{#items}}<tr><td>{{name}}</td><td>{{condition}}</td>"
    "<td>{{#item.tread}}{{item.tread | number}}{{/item.tread}}</td><td>{{item.note}}</td>"
    "<td class=\"n\">{{#item.repair}}{{item.repair | money}}{{/item.repair}}</td></tr>\n{{/items}}"
    "</table>\n<h2>{{l.value}}</h2>\n<table>\n"
    "{{#valuations}}<tr><td>{{source}}</td><td class=\"n\">{{amount | money}}</td></tr>\n"
    "{{/valuations}}{{#sums}}<tr{{#big}} style=\"font-weight:bold\"{{/big}}><td>{{label}}</td>"
    "<td class=\"n\">{{amount | money}}</td></tr>\n{{/sums}}</table>\n"
    "{{#appraisal.valid_until}}<p>{{l.valid_until}}: {{appraisal.valid_until | date}}</p>\n"
    "{{/appraisal.valid_until}}"
    "<div class=\"sign\"><div>{{l.signature}}: {{l.appraiser}} {{user.name}}</div>"
    "<div>{{l.signature}}: {{customer.name}}</div></div>\n</body>\n</html>\n";

/* Names of the words, and the words in the same order; so the elements that come with a new
 * database, in the order in which they are made. */
static const char sheet_names[] =
    "title|vin|plate|model_year|colour|odometer|km|stage|quote|delivery|resale|customer|date|"
    "condition|element|tread|note|repair|good|worn|damaged|defective|missing|value|market|"
    "appraised|offered|valid_until|appraiser|signature";

static const struct {
    const char *language, *words;
    const char *elements; /* NULL: as they are made */
} sheet_languages[] = {
    { "en",
      "Appraisal|VIN|Plate|Model year|Colour|Odometer|km|Stage|For a quote|At delivery|"
      "Before resale|Customer|Date|Condition|Element|Tread (mm)|Note|Repair|good|worn|damaged|"
      "defective|missing|Value|Market value|Appraised|Offered|Valid until|Appraiser|Signature",
      NULL },
    { "fa",
      "کارشناسی خودرو|شماره شاسی|پلاک|سال ساخت|رنگ|کارکرد|کیلومتر|مرحله|برای پیش‌فاکتور|"
      "هنگام تحویل|پیش از فروش دوباره|مشتری|تاریخ|وضعیت|قطعه|عمق آج (میلی‌متر)|توضیح|هزینه تعمیر|"
      "سالم|فرسوده|آسیب‌دیده|معیوب|ناموجود|ارزش|ارزش بازار|ارزش کارشناسی|مبلغ پیشنهادی|معتبر تا|"
      "کارشناس|امضا",
      "در موتور|سپر جلو|سپر عقب|گلگیر جلو چپ|گلگیر جلو راست|در جلو چپ|در جلو راست|در عقب چپ|"
      "در عقب راست|گلگیر عقب چپ|گلگیر عقب راست|رکاب چپ|رکاب راست|سقف|در صندوق عقب|رنگ بدنه|"
      "شیشه جلو|شیشه‌های کناری|شیشه عقب|آینه‌ها|چراغ‌ها|"
      "لاستیک جلو چپ|لاستیک جلو راست|لاستیک عقب چپ|لاستیک عقب راست|لاستیک زاپاس|رینگ‌ها|"
      "صندلی‌ها|داشبورد|کف‌پوش|روکش سقف|غربیلک فرمان|بو|"
      "موتور|گیربکس|کلاچ|ترمزها|تعلیق|فرمان|اگزوز|سامانه خنک‌کننده|"
      "باتری|تهویه مطبوع|سامانه چندرسانه‌ای|حسگرها و دوربین‌ها|باتری پیشران|"
      "سند خودرو|دفترچه سرویس|کلیدها|سابقه تصادف|معاینه فنی" },
    { "it",
      "Perizia|Telaio|Targa|Anno modello|Colore|Chilometraggio|km|Fase|Per il preventivo|"
      "Alla consegna|Prima della rivendita|Cliente|Data|Stato|Elemento|Battistrada (mm)|Nota|"
      "Ripristino|buono|usurato|danneggiato|difettoso|mancante|Valore|Valore di mercato|"
      "Valore stimato|Offerta|Valido fino al|Perito|Firma",
      "Cofano|Paraurti anteriore|Paraurti posteriore|Parafango anteriore sinistro|"
      "Parafango anteriore destro|Porta anteriore sinistra|Porta anteriore destra|"
      "Porta posteriore sinistra|Porta posteriore destra|Fianco posteriore sinistro|"
      "Fianco posteriore destro|Sottoporta sinistro|Sottoporta destro|Tetto|Portellone|Vernice|"
      "Parabrezza|Vetri laterali|Lunotto|Specchietti|Luci|"
      "Pneumatico anteriore sinistro|Pneumatico anteriore destro|Pneumatico posteriore sinistro|"
      "Pneumatico posteriore destro|Ruota di scorta|Cerchi|"
      "Sedili|Cruscotto|Tappezzeria|Cielo|Volante|Odore|"
      "Motore|Cambio|Frizione|Freni|Sospensioni|Sterzo|Scarico|Raffreddamento|"
      "Batteria|Climatizzatore|Infotainment|Sensori e telecamere|Batteria di trazione|"
      "Carta di circolazione|Libretto di manutenzione|Chiavi|Sinistri|Revisione" },
    { "zh",
      "车辆评估单|车辆识别代号|车牌|年款|颜色|里程|公里|阶段|报价时|交付时|转售前|客户|日期|状况|部位|"
      "胎纹深度（毫米）|备注|修理费|良好|磨损|损坏|故障|缺失|价值|市场价|评估价|收购报价|有效期至|评估师|"
      "签字",
      "发动机盖|前保险杠|后保险杠|左前翼子板|右前翼子板|左前门|右前门|左后门|右后门|左后翼子板|"
      "右后翼子板|左门槛|右门槛|车顶|尾门|漆面|"
      "前挡风玻璃|侧窗|后窗|后视镜|灯光|左前轮胎|右前轮胎|左后轮胎|右后轮胎|备胎|轮辋|"
      "座椅|仪表板|地毯|车顶内衬|方向盘|气味|发动机|变速箱|离合器|制动|悬架|转向|排气|冷却|"
      "蓄电池|空调|信息娱乐系统|传感器和摄像头|动力电池|行驶证|保养手册|钥匙|事故记录|年检" },
    { "ru",
      "Оценка автомобиля|VIN|Госномер|Модельный год|Цвет|Пробег|км|Этап|Для предложения|"
      "При выдаче|Перед перепродажей|Клиент|Дата|Состояние|Элемент|Протектор (мм)|Примечание|"
      "Ремонт|хорошее|износ|повреждение|неисправность|отсутствует|Стоимость|Рыночная стоимость|"
      "Оценка|Предложено|Действительно до|Оценщик|Подпись",
      "Капот|Передний бампер|Задний бампер|Переднее левое крыло|Переднее правое крыло|"
      "Передняя левая дверь|Передняя правая дверь|Задняя левая дверь|Задняя правая дверь|"
      "Заднее левое крыло|Заднее правое крыло|Левый порог|Правый порог|Крыша|Дверь багажника|"
      "Лакокрасочное покрытие|Лобовое стекло|Боковые стёкла|Заднее стекло|Зеркала|Фары и фонари|"
      "Передняя левая шина|Передняя правая шина|Задняя левая шина|Задняя правая шина|"
      "Запасное колесо|Диски|Сиденья|Приборная панель|Ковровое покрытие|Обивка потолка|"
      "Рулевое колесо|Запах|Двигатель|Коробка передач|Сцепление|Тормоза|Подвеска|"
      "Рулевое управление|Выхлопная система|Охлаждение|Аккумулятор|Кондиционер|"
      "Мультимедиа|Датчики и камеры|Тяговая батарея|Свидетельство о регистрации|"
      "Сервисная книжка|Ключи|История ДТП|Технический осмотр" },
};

static size_t sheet_language(const char *language)
{
    size_t n = strcspn(language, "-");

    for (size_t i = 1; i < sizeof sheet_languages / sizeof sheet_languages[0]; i++)
        if (n == strlen(sheet_languages[i].language) &&
            strncmp(sheet_languages[i].language, language, n) == 0)
            return i;
    return 0;
}

/* Past a word of a list. */
static const char *sheet_past(const char *word)
{
    size_t n = strcspn(word, "|");

    return word + n + (word[n] == '|');
}

bool acrm__sheet_words(acrm__call *call, const char *language, acrm_value *map)
{
    const char *word = sheet_languages[sheet_language(language)].words;

    for (const char *name = sheet_names; *name; name = sheet_past(name), word = sheet_past(word)) {
        const char *key = acrm__arena_text(call->arena, name, strcspn(name, "|"));
        if (!key || !acrm__put_textn(map, key, word, strcspn(word, "|")))
            return false;
    }
    return true;
}

const char *acrm__sheet_element(acrm__call *call, const char *language, size_t element)
{
    const char *words = sheet_languages[sheet_language(language)].elements;

    for (; words && element > 0; element--)
        words = sheet_past(words);
    return words ? acrm__arena_text(call->arena, words, strcspn(words, "|")) : "";
}
