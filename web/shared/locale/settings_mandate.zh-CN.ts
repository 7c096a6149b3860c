// Words of the written mandate of an absent head.
export default {
  none: '没有',
  give: '填写授权',
  take: '收回授权',
  lead: '{head} 不在期间，{substitute} 可以凭书面授权代行批准：查封扣押、停产停用、补办批准、整改延期答复、文书、行政检查、重大隐患销号。延长查封、停止供电、移送公安、申请法院仍须本人办理。代办结束，授权随之失效。示例规则，需法制审核。',
  example: '例如：青应急授〔2026〕3号',
  file: '授权书（照片或 PDF，可以不传）',
  file_must: '负责人签名的授权书（照片或 PDF）',
  recorded: '由 {name} 凭授权书登记',
}
