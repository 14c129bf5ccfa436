/**
 * What is read aloud before an interview, in the person's language and not the page's; and the four uses that are asked for
 * one by one. Only the first is on unless the person says otherwise (domain.md, section 5; OPCAT article 21(2)).
 */

/** @typedef {{kk: string, ru: string, en: string}} Text */
/** @typedef {{count: boolean, finding: boolean, authority: boolean, published: boolean}} Uses */

export const LANGUAGES = /** @type {const} */ (["kk", "ru", "en"]);

/** @type {Text[]} */
export const READ_ALOUD = [
  {
    kk: "Мен осы мекеменің әкімшілігіне бағынбайтын тәуелсіз бақылау тобынанмын. Сіз менімен сөйлесуге міндетті емессіз және әңгімені кез келген сәтте тоқтата аласыз.",
    ru: "Я из группы независимого наблюдения, которая не подчиняется администрации этого учреждения. Вы не обязаны говорить со мной и можете прервать беседу в любой момент.",
    en: "I belong to an independent monitoring group that does not answer to the administration of this place. You do not have to talk with me, and you may stop at any moment.",
  },
  {
    kk: "Айтқаныңызды атыңызсыз, қолыңызсыз, сағаты мен бөлмесін көрсетпей жазып аламын. Жазба бірден мөрленеді: оны бұл планшетте ешкім, мен де аша алмаймын. Оны тек біздің топта кілті бар адамдар кеңседе оқи алады.",
    ru: "То, что вы скажете, я запишу без вашего имени, без подписи, без часа и помещения. Запись сразу запечатывается: на этом планшете её не откроет никто, и я тоже. Прочесть её смогут только люди нашей группы, у которых есть ключ, и только в офисе.",
    en: "What you tell me is written down without your name, your signature, the hour or the room. It is sealed at once: nobody can open it on this tablet, nor can I. Only the people of our group who hold a key can read it, at the office.",
  },
  {
    kk: "Айтқаныңызды қалай пайдалануға болатынын өзіңіз шешесіз. Төрт жолдың әрқайсысы туралы жеке сұраймын. Рұқсат бермегеніңіз жасалмайды. Ештеңе демесеңіз, әңгіме тек санға кіреді.",
    ru: "Вы сами решаете, как можно использовать сказанное. Я спрошу о четырёх способах, о каждом отдельно. Чего вы не разрешите, того не будет. Если вы ничего не скажете, беседа войдёт только в общее число.",
    en: "You decide what may be done with it. I ask about four uses, one by one. What you do not allow is not done. If you say nothing, this talk is only counted.",
  },
  {
    kk: "Бізбен сөйлескені үшін ешкімді жазалауға болмайды. Соған қарамастан, айтқаныңыз сізге зиян келтіруі мүмкін деп ойласаңыз, қазір айтыңыз: қайта хабарласу туралы келісеміз.",
    ru: "За разговор с нами никого нельзя наказывать. Если вы всё же опасаетесь, что он вам повредит, скажите об этом сейчас: мы договоримся, как снова связаться с вами.",
    en: "Nobody may be punished for talking with us. If you fear all the same that it may harm you, say so now: we will agree how to be in touch again.",
  },
  {
    kk: "Сізге код беремін. Есеп шыққанға дейін сол код арқылы айтқаныңызды қайтарып ала аласыз.",
    ru: "Я дам вам код. Пока отчёт не вышел, по этому коду вы можете отозвать сказанное.",
    en: "I give you a code. With it you may withdraw what you said, as long as the report is not out.",
  },
];

/** @type {{id: keyof Uses, name: Text, question: Text}[]} */
export const USES = [
  {
    id: "count",
    name: { kk: "Тек санға қосу", ru: "Только учёт в числе бесед", en: "Count only" },
    question: {
      kk: "Бұл әңгімені жалпы санға қоса аламыз ба? Айтқаныңыздан ештеңе сыртқа шықпайды.",
      ru: "Можно учесть эту беседу в общем числе? Ничего из сказанного наружу не выйдет.",
      en: "May we count this talk among the others? Nothing of what you say leaves our group.",
    },
  },
  {
    id: "finding",
    name: { kk: "Дереккөзі көрсетілмеген тұжырым", ru: "Вывод без указания источника", en: "Unattributed finding" },
    question: {
      kk: "Айтқаныңызды басқалардың сөзімен және өзіміз көргенмен бірге, сізді білдірмейтіндей етіп тұжырымға енгізе аламыз ба?",
      ru: "Можно включить сказанное в наши выводы вместе со словами других и тем, что мы видели сами, так, чтобы на вас ничто не указывало?",
      en: "May it go into our findings, together with what others say and what we saw, so that nothing points to you?",
    },
  },
  {
    id: "authority",
    name: { kk: "Органға айту", ru: "Сообщить органу", en: "Told to the authority" },
    question: {
      kk: "Мәселеңізді әкімшілікке немесе басқа органға айта аламыз ба? Онда олар кім айтқанын білуі немесе болжауы мүмкін.",
      ru: "Можно рассказать о вашем деле администрации или другому органу? Тогда там могут узнать или догадаться, кто говорил.",
      en: "May we raise your matter with the administration or another authority? They may then learn or guess who spoke.",
    },
  },
  {
    id: "published",
    name: { kk: "Жариялау", ru: "Опубликовать", en: "Published" },
    question: {
      kk: "Айтқаныңызды атыңызсыз көпшілікке арналған есепте жариялай аламыз ба?",
      ru: "Можно опубликовать сказанное в открытом отчёте, без вашего имени?",
      en: "May what you say be published in a public report, without your name?",
    },
  },
];

/** @returns {Uses} */
export function defaultUses() {
  return { count: true, finding: false, authority: false, published: false };
}

/** What an interview may touch on: the sections of the checklists, so that nothing is forgotten. @type {{id: string, name: Text}[]} */
export const TOPICS = [
  { id: "A", name: { kk: "Қабылдау, құжаттар, заңдылық", ru: "Приём, документы, законность", en: "Admission, records, rule of law" } },
  { id: "B", name: { kk: "Құқықтарын білуі", ru: "Знание своих прав", en: "Awareness of rights" } },
  { id: "C", name: { kk: "Шағымдар және қудалау", ru: "Жалобы и преследования", en: "Complaints and reprisals" } },
  { id: "D", name: { kk: "Тұрғын орын мен ғимарат", ru: "Жилая площадь и здание", en: "Living space and building" } },
  { id: "E", name: { kk: "Тамақ, су, гигиена", ru: "Питание, вода, гигиена", en: "Food, water, hygiene" } },
  { id: "F", name: { kk: "Медициналық көмек", ru: "Медицинская помощь", en: "Health care" } },
  { id: "G", name: { kk: "Қауіпсіздік, күш қолдану, тінту", ru: "Безопасность, сила, обыски", en: "Safety, force, searches" } },
  { id: "H", name: { kk: "Тәртіп және оқшаулау", ru: "Дисциплина и изоляция", en: "Discipline and isolation" } },
  { id: "I", name: { kk: "Жұмыс", ru: "Труд", en: "Work" } },
  { id: "J", name: { kk: "Білім алу, режим, босатылу", ru: "Образование, режим, освобождение", en: "Education, regime, release" } },
  { id: "K", name: { kk: "Отбасымен және сыртпен байланыс", ru: "Связь с семьёй и внешним миром", en: "Family and outside contact" } },
  { id: "L", name: { kk: "Дін", ru: "Религия", en: "Religion" } },
  { id: "M", name: { kk: "Ерекше топтар", ru: "Особые группы", en: "Special groups" } },
  { id: "N", name: { kk: "Қызметкерлер және басқару", ru: "Персонал и управление", en: "Staff and management" } },
  { id: "O", name: { kk: "Тәуелсіз бақылау", ru: "Независимое наблюдение", en: "Independent monitoring" } },
];
