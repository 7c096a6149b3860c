// The words of what stands between a fix and its closure.
export default {
  closure: {
    title: '销号关口',
    open: '各项齐全，可以销号。',
    passed: '已过',
    review: '示例规则，需法制审核',
    five: '五落实',
    five_hint: '较大、重大隐患销号前五项都要有凭证。',
    text: '内容',
    proof: '怎样落实（凭证、单据号）',
    save: '保存',
    prove: '已落实',
  },
}
