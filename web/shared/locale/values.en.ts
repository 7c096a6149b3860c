// The English words for values that are stored and sent in Chinese; a choice shows them, its value stays.
export default {
  // Levels, stages, judgements, sources and overlays of a hazard
  立改: 'fixed on the spot', 一般: 'general', 较大: 'considerable', '重大(待判)': 'major (to be judged)', 重大: 'major',
  核实分级: 'verify and classify', 现场立改: 'fixed on the spot', 交办待签收: 'assigned, not signed for', 整改中: 'being fixed', 复查: 're-inspection', 销号审核: 'closure under review', 作废审批: 'voiding under approval',
  否: 'no', 疑似: 'suspected', 已判定: 'judged', 已解除: 'lifted',
  网格巡查: 'grid patrol', 督导检查: 'supervising inspection', 群众举报: 'public report', 企业自查: 'self-check of the enterprise', 媒体曝光: 'media', 上级交办: 'assigned from above', 智能识别: 'automatic recognition', 企业安管人员: 'safety manager of the enterprise',
  疑似重大: 'suspected major', 逾期: 'overdue', 挂起申请中: 'deferral asked for', 暂不具备条件: 'deferred', 挂起逾期未复核: 'deferral not reviewed in time', '督办中（街道）': 'supervised (subdistrict)', '督办中（区级）': 'supervised (district)',
  移交中: 'being transferred', 停用提请中: 'stop of use asked for', 查封提请中: 'seal asked for', 停用中: 'out of use', 查封中: 'sealed', 扣押中: 'seized', 停电中: 'power cut', 停供民爆物品中: 'explosives supply stopped', 强制执行中: 'under enforcement', 法院执行中: 'enforced by the court',
  挂牌提请中: 'listing asked for', 挂牌督办: 'listed', 立案: 'case opened', 行刑: 'referred as a crime', 在诉: 'in litigation', 重点跟踪: 'tracked', 复发: 'came back', 屡查屡犯: 'repeat offender',
  登记: 'registered', 已销号: 'closed', 已作废: 'voided',
  // Deadlines, papers, findings
  整改: 'fix', 治理方案: 'remediation plan', 督办: 'supervision', 交办签收: 'signing for the assignment', 移交签收: 'signing for the transfer', 移交答复: 'answer to the transfer', 协办答复: 'answer to the request for help',
  延期审批: 'decision on more time', 重大判定: 'judgement as major', 挂起复核: 'review of the deferral', 核查: 'verification', 答复: 'answer',
  交办: 'assignment', 协办: 'request for help', 查封提请: 'request to seal', 停用提请: 'request to stop use', 停电提请: 'request to cut power', 挂牌提请: 'request to list', 区级督办: 'supervision by the district', 函: 'letter',
  待签收: 'to be signed for', 整改已提交: 'fix handed in', 已签收: 'signed for', 待答复: 'to be answered', 已答复: 'answered', 已退回: 'returned', 已办结: 'over', 待指定: 'department to be named', 待裁定: 'to be ruled', 待研判: 'answer to be reviewed', 待意见: 'opinion awaited', 已失效: 'lapsed', 已结束: 'ended',
  待审查: 'to be examined', 待决定实施: 'to be decided and carried out', 待催告: 'demand to be served', 已催告: 'demand served', 已申请: 'applied for',
  起草: 'draft', 待审批: 'awaiting approval', 已批准: 'approved', 已签名: 'signed', 已签发: 'issued', 已送达: 'served', 公告中: 'public notice',
  // Measures
  查封: 'seal', 扣押: 'seizure', 停产停业: 'stop of business', 停用: 'stop of use', 停止使用: 'stop of use', 停止供电: 'power cut', 停电: 'power cut', 停止供应民用爆炸物品: 'stop of supply of civil explosives',
  执行中: 'in force', 即将期满: 'ends soon', 已期满: 'ended', 已到期: 'ended', 已延长: 'extended', 检测中: 'being tested', 解除: 'lifted',
  // The five blocks; deferrals; listed units; publicity; re-visits
  措施: 'measures', 责任人: 'responsible person', 资金: 'funds', 时限: 'limit', 预案: 'plan', 未填写: 'empty', 未证明: 'not proven', 已证明: 'proven',
  待续批: 'renewal to be approved', 挂起中: 'deferred', 逾期未复核: 'not reviewed in time', 待决定: 'to be decided', 挂牌督办中: 'listed', 不挂牌: 'not listed', 已摘牌: 'delisted',
  有重大隐患: 'major hazard open', 亡人事故: 'fatal accident', 联合惩戒: 'joint sanctions', 公示中: 'published', 公示期满: 'publicity over', 有异议: 'objected to', 已撤下: 'taken down', 回访: 're-visit', 立改抽查: 'spot check of on-the-spot fixes', 保持良好: 'kept up', 未整改: 'not fixed',
  批准: 'approved', 实施: 'carried out', 提请: 'proposed', 决定: 'decided', 公布: 'published', 上报: 'reported', 催告: 'demand', 区级: 'district level', 市级: 'city level', 省级: 'province level', '示例规则，需法制审核': 'sample rule, needs a legal review',
  元旦: 'New Year', 春节: 'Spring Festival', 清明: 'Qingming', 劳动节: 'Labour Day', 端午: 'Dragon Boat', 中秋: 'Mid-Autumn', 国庆节: 'National Day',
  // Clearances, lawsuits, grounds to lift a measure
  验收报告: 'acceptance report', 专家意见: 'expert opinion', 恢复审查: 'review before resuming', 部门审核: 'review by the department', 街道审核: 'review by the subdistrict',
  行政复议: 'administrative reconsideration', 行政诉讼: 'administrative lawsuit',
  没有违法行为: 'no violation', 与违法行为无关: 'not part of the violation', 已作出处理决定: 'decision made', 期限届满: 'time is over', 不再需要: 'no longer needed', 随案移送公安机关: 'goes to the police with the case',
  // Visits
  待批准: 'to be approved', 待通知: 'to be announced', 待入企: 'to enter', 待记录: 'to be recorded', 已归档: 'filed',
  未发现问题: 'nothing found', 发现隐患: 'hazard found', 无法进入: 'no entry', 未检查: 'not inspected',
  服务指导: 'service and advice', 夜查: 'night check', 回头看: 'second look', 专项巡查: 'special patrol', 交叉互查: 'cross-check', 专家诊查: 'expert check', 线上巡查: 'online patrol', 驻点巡查: 'stationed patrol',
  '行政检查（日常）': 'inspection (routine)', '行政检查（专项）': 'inspection (special)', '行政检查（个案）': 'inspection (single case)', 联合检查: 'joint inspection',
  举报: 'report', 移交: 'transfer', 事故: 'accident',
  // Places
  工贸企业: 'industry and trade', 建筑工地: 'building site', 加油站: 'filling station', 餐饮: 'restaurant', 商超: 'shop, supermarket', 农贸市场: 'farmers’ market', 学校培训: 'school, training', 养老医疗: 'care, hospital',
  宾馆影院: 'hotel, cinema', 仓储: 'storage', 九小场所: 'one of the nine small kinds', 老旧小区: 'old residential area', 写字楼: 'office building', 其他: 'other',
  红: 'red', 橙: 'orange', 黄: 'yellow', 蓝: 'blue', 正常: 'open', 停产: 'stopped', 关闭: 'closed', 拆除: 'torn down', 九小: 'nine small kinds', 多业态: 'mixed use', 人员密集: 'crowded',
  三合一: 'living, storing, producing in one', 集贸市场: 'market', 有限空间: 'confined space', 涉粉尘: 'dust', 涉氨: 'ammonia', 自建房: 'self-built house',
} as Record<string, string>
