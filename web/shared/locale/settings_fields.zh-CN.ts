// The Chinese names of the fields in the settings.

export default {
  reason: '理由', unit: '单位', roles: '角色', display_name: '姓名', old: '原密码', new: '新密码', again: '再输一遍新密码',
  absent: '谁不在', person: '谁不在', substitute: '代办人', starts_at: '从', ends_at: '到（含当日）', span: '期间', groups: '限于候选组', mandate: '书面授权文号', status: '状态',
  unit_code: '编码', unit_name: '名称', unit_kind: '类型', parent: '上级单位', new_parent: '移到哪个单位之下', power: '权力', unit_ends: '撤销日期', valid_from: '起', valid_to: '止', name: '名称',
  login: '登录名', email: '邮箱', first_password: '初始密码', password: '密码', certificate: '执法证件', active: '在岗', starts_on: '到岗日期', ends_on: '离岗日期',
  cert_no: '证件号', cert_from: '有效期起', cert_to: '有效期止', cert_items: '适用事项', last_day: '最后一天', receiver: '接收人', leave_reason: '离岗原因',
  id: '编号', place_name: '名称', place_type: '场所类型', place_kind: '场所类别', kind: '类型', grid: '网格', community: '社区', street: '街道', risk_level: '风险等级',
  fire_key_level: '消防重点', place_status: '状态', uscc: '统一社会信用代码', sector: '行业', lead_unit: '主管部门', address: '地址', lat: '纬度', lon: '经度',
  capacity: '容纳人数', floors: '层数', open_hours: '营业时间', legal_rep: '法定代表人', head: '主要负责人', actual_controller: '实际控制人', phone: '电话', phones: '其他联系人',
  promise_year: '承诺年度', linked_leader: '挂钩领导', tags: '标签', crowded: '人员密集', residential: '住人', uses_gas: '用气', dangerous_goods: '危化品',
  special_equipment: '特种设备', fatal_accident: '亡人事故', joint_punishment: '联合惩戒', flags: '重点', priority: '检查重点', min_capacity: '容纳人数', people_n: '{n} 人以上', sort: '按编号', by_priority: '检查重点多的在前', open_hazards: '未销号隐患', completeness: '完整度', last_visit: '最近走访检查', last_admin_inspection: '最近行政检查', admin_inspections_this_year: '今年行政检查／上限', penalties: '180 日／一年内处罚', team: '包保人员',
  residents: '驻点', missing: '缺什么', clause: '依据', filename: '文件', import_kind: '内容', at: '时间', by: '谁', done: '进度', row: '行', problems: '说明', became: '编号',
  code: '代码', code_name: '名称', local_level: '本地等级', limit: '默认时限', default_n: '时限数量', default_unit: '时限单位', default_roll: '末日遇休息日', lead: '牵头',
  suspected: '疑似重大', photo_rule: '拍照要求', close_rule: '销号要求', legal_note: '标注', code_group: '组', last_in_force: '最后生效日', key: '代码', checklist_name: '名称',
  items: '项', applies: '适用', keeper: '由谁维护', version: '版本', place_kinds: '适用的场所', sectors: '适用的行业', no: '序号', question: '检查什么', photo: '要拍照',
  type: '文书种类', sign: '代字', word: '机关代字', area: '区域简称', begins: '文号开头', note: '说明', slot: '格', slot_title: '本地名称', act: '行为', document: '清单文号', allowed: '结论', conditions: '条件',
  token: '访问令牌', definitions: '限于流程', off: '放假天数', working: '调休上班天数', source: '依据', template: '模板', caption: '图注', shows: '正误', removed: '已取下',
  province: '省份', path: '位置', scope: '管辖范围', places: '场所', hazards: '隐患', duties: '履职事项', locked_from: '锁定于', locked_until: '锁定到', attempts: '连续输错次数', title: '本地名称', place: '场所', plan_number: '编号', plan_action: '属于哪项行动', plan_title: '任务', plan_rhythm: '频次', plan_content: '内容', plan_communities: '各社区都负责（核收的进展发给每个社区）', lead_units: '牵头单位', support_units: '配合单位', milestone_id: '编码', milestone_name: '节点', milestone_due: '到哪一天', milestone_tasks: '对应任务', milestone_target: '达到什么', measure_kind: '指标', found_before: '截止日（含）以前发现的', most: '最多剩几件', since: '从哪一天起', questions: '检查项数', body: '主体类别',
}
