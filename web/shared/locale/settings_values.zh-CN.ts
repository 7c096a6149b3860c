// The Chinese words for the values of fields in the edits of the registers: settings.value.<field>.<value>.

export default {
  shows: { right: '正确', wrong: '错误' },
  answer: { yes: '是', no: '否', na: '不适用', left: '未查' },
  default_unit: { wd: '个工作日', d: '日', h: '小时' },
  default_roll: { F: '遇休息日顺延', N: '不顺延' },
  fire_key_level: { 0: '不是消防重点', 1: '一级', 2: '二级', 3: '三级' },
  password: { 本人已修改: '本人已修改', 已修改: '已修改', 一次性密码: '一次性密码' },
  template: { 出厂模板: '出厂模板' },
  version: { 出厂模板: '出厂模板' },
  province: { henan: '河南', shandong: '山东', zhejiang: '浙江', beijing: '北京' },
  body: {
    grid: '社区、网格', coordination: '议事协调机构（安委办）', street: '街道办事处', street_team: '街道综合行政执法队', discipline: '纪检监察机构', department: '有关部门',
    justice: '公安、检察机关', cooperation: '协作单位', expert: '专家、专业机构', enterprise: '企业', other: '其他单位',
  },
  act: {
    patrol: '网格巡查、服务指导', advice: '出具安全风险提示单', report: '报告隐患', inspect: '行政检查', order_remove: '责令立即排除、限期改正', order_stop: '责令停产停业、停止使用',
    seal: '查封、扣押', cut_power: '停止供电', cut_utility: '停止供水、供热、供燃气', execute: '行政强制执行、代履行', court_application: '申请人民法院强制执行', penalty: '行政处罚',
    crime_clue: '整理涉嫌犯罪线索', crime_transfer: '移送涉嫌犯罪案件', judge_major: '判定重大事故隐患', defer: '批准挂起（暂不具备整改条件）', assign: '交办、提醒', listing: '挂牌督办',
    supervise: '督办', transfer: '移交隐患', bulletin: '通报', interview: '约谈生产经营单位', talk: '约谈干部', close: '一般隐患销号', close_fixed: '现场立改销号',
    close_major_opinion: '重大隐患销号初审', close_major: '重大隐患销号',
  },
}
