// The Chinese words of more time for what an order asked to be fixed.

export default {
  more_time: {
    title: '责令整改延期',
    due: '现在的期限',
    ask_by: '最迟申请',
    latest: '最多延至',
    most: '（延长 {days} 日）',
    used: '已延期',
    used_of: '{used} 次，最多 {times} 次',
    decides: '由谁答复',
    head: '{organ}负责人',
    waits: '等待答复',
    waiting: '{who} {on} 申请延至 {until}，最迟 {by} 答复',
    file: '证明材料 {n}',
    act: { ask: '申请延期', note: '登记书面申请', answer: '答复延期申请' },
    hint: {
      ask: '写明延长几日和理由，附证明材料；由作出指令的部门负责人答复，答复以前原期限照常计算。',
      note: '被责令的单位交来书面申请的，登记哪一天收到、申请延长几日；由本部门负责人答复。',
      answer: '批准的天数不能比申请的多；不予延期的，原期限照常计算。',
    },
    days: '延长几日（自然日）',
    asked_on: '哪一天收到（空着为今天）',
    proof: '证明材料',
    grant: '批准延期',
    refuse: '不予延期',
    would: '获批准的，新的期限为 {due}',
    answered: '部门最迟 {by} 答复',
  },
}
