// The sentences of form-js in Chinese; in English it speaks for itself.

const WORDS: Record<string, string> = {
  'Field is required.': '必填，请补上。',
  'Value is not a number.': '应为数字。',
  'Value is expected to be an integer.': '应为整数。',
  'Value is expected to have at most 1 decimal digit.': '最多一位小数。',
  'Value is expected to have at most {value} decimal digits.': '最多 {value} 位小数。',
  'Please select a valid value, the two nearest valid values are {previousValue} and {nextValue}.':
    '最接近的可用值是 {previousValue} 和 {nextValue}。',
  'Field must match pattern {value}.': '格式不对。',
  'Field must be a valid email.': '应为邮箱地址。',
  'Field must have minimum length of {value}.': '至少 {value} 个字。',
  'Field must have maximum length of {value}.': '最多 {value} 个字。',
  'Field must have minimum value of {value}.': '不能小于 {value}。',
  'Field must have maximum value of {value}.': '不能大于 {value}。',
  'Date and time must both be entered.': '请同时填写日期和时间。',
  'No files selected': '未选择文件',
  '{value} files selected': '已选 {value} 个文件',
  'No results': '没有结果',
  'Nothing to show.': '没有内容。',
  'No content to show.': '没有内容。',
  'All values selected': '已全部选择',
  'Search': '查找',
  'Skip to search': '跳到查找',
  'Remove tag': '移除',
  'Increment': '加一',
  'Decrement': '减一',
  'Add new': '添加',
  'Collapse': '收起',
  'Previous page': '上一页',
  'Next page': '下一页',
  '{page} of {total}': '第 {page} 页，共 {total} 页',
}

export function formWords(locale: string) {
  return (template: string, values: Record<string, unknown> = {}): string => {
    const sentence = locale === 'en' ? template : (WORDS[template] ?? template)
    return sentence.replace(/{([^}]+)}/g, (whole, name: string) => String(values[name] ?? whole))
  }
}
