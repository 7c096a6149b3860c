// Chinese for the form editor, which has no translation of its own: its texts are replaced as they appear.

const WORDS: Record<string, string> = {
  Components: '控件', 'Search components': '查找控件', Input: '输入', Selection: '选择', Presentation: '展示', Containers: '容器', Action: '按钮', 'Text field': '单行文字', 'Text area': '多行文字', Number: '数字', 'Date time': '日期时间', Date: '日期', Time: '时间', 'Expression field': '表达式', 'File picker': '照片或文件',
  Expression: '表达式', Checkbox: '是否', 'Checkbox group': '多选', 'Radio group': '单选', Select: '下拉', 'Tag list': '标签', Text: '文字', 'Text view': '说明文字', 'Image view': '图片', Image: '图片', Table: '表格', HTML: 'HTML', 'HTML view': 'HTML', 'Document preview': '文档预览', Group: '分组', 'Dynamic list': '可重复组', iFrame: '内嵌页', Spacer: '空白', Separator: '分隔线', Button: '按钮',
  General: '基本', Condition: '条件', Layout: '布局', Appearance: '外观', Validation: '检查', 'Custom properties': '其他属性', 'Options source': '选项来源', 'Static options': '固定选项', Serialization: '保存方式', Constraints: '限制', Values: '值', Security: '安全',
  ID: '编号', Key: '变量（键）', 'Field label': '名称', 'Group label': '组名', 'Field description': '说明', 'Default value': '默认值', Disabled: '停用', 'Read only': '只读', Required: '必填', 'Minimum length': '最少字数', 'Maximum length': '最多字数', Minimum: '最小', Maximum: '最大', 'Custom regular expression': '正则表达式', 'Validation pattern': '格式', 'Hide if': '何时隐藏', Columns: '列宽', Auto: '自动', 'Vertical alignment': '垂直对齐', 'Height': '高度', Type: '类型', Label: '名称', Value: '值', Subtype: '子类', 'Date label': '日期名称', 'Time label': '时间名称', 'Decimal digits': '小数位', Increment: '步长', Prefix: '前缀', Suffix: '后缀', Form: '表单', FORM: '表单',
  'Select a form field to edit its properties.': '选中一个控件，在这里填写它的属性。', 'Build your form': '开始做表单', 'Drag and drop components here to start designing.': '把左边的控件拖到这里。', Submit: '提交', 'No components found.': '没有找到控件。', 'Supported file formats': '允许的文件类型', 'Upload multiple files': '可传多个', 'Searchable': '可查找', 'Show outline': '显示边框', Static: '固定', 'Input data': '来自变量', 'Use 24h': '24 小时制', Binds: '绑定', Browse: '选择文件', 'Binds to a form variable': '对应同名的流程变量', 'No files selected': '没有文件', 'Condition under which the field is hidden': '条件成立时隐藏这个控件', 'Click to set a dynamic value with FEEL expression': '改用表达式', 'FEEL expression is mandatory': '只能写表达式', 'Toggle section': '展开或收起', 'Toggle list item': '展开或收起', 'Create new list item': '增加一项', 'Delete item': '删除这一项', 'Open pop-up editor': '在大窗口里编辑', 'Section contains edits': '已填写',
}
const TITLED = ['placeholder', 'title', 'aria-label']
const MADE: [RegExp, string][] = [
  [/^Create an? (.+) element$/, '加入'],
  [/^Remove (.+)$/, '删除'],
]

/** Titles are made of a verb and the name of a control. */
function titleOf(text: string): string | undefined {
  const [pattern, verb] = MADE.find(([one]) => one.test(text)) ?? []
  const name = pattern?.exec(text)?.[1] ?? ''
  const many = /^List contains (\d+) items?$/.exec(text)?.[1]
  if (many) return `共 ${many} 项`
  return WORDS[text] ?? (verb && WORDS[name] ? `${verb}${WORDS[name]}` : undefined)
}

function speak(node: Node): void {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT)
  for (let at: Node | null = node; at; at = walker.nextNode()) {
    if (at instanceof Text) {
      if (at.parentElement?.closest('.fjs-form-field-label, .fjs-element .fjs-form')) continue
      const word = WORDS[at.data.trim()]
      if (word) at.data = word
    } else if (at instanceof HTMLElement) {
      for (const name of TITLED) {
        const word = titleOf(at.getAttribute(name) ?? '')
        if (word) at.setAttribute(name, word)
      }
    }
  }
}

/** Replace what is there and what comes; answers how to stop. The form itself, which the author writes, is left alone. */
export function spoken(root: HTMLElement): () => void {
  speak(root)
  const heard = (change: MutationRecord) => (change.type === 'characterData' ? speak(change.target) : change.addedNodes.forEach(speak))
  const watcher = new MutationObserver((changes) => changes.forEach(heard))
  watcher.observe(root, { childList: true, subtree: true, characterData: true })
  return () => watcher.disconnect()
}
