"""The columns of sheets of visits (巡查、检查记录): their titles and the names offices give them. Pure."""

from engine.campaign.ledger_columns import column

COLUMNS = (
    column("at", "检查时间", "检查日期 巡查时间 巡查日期 走访时间 走访日期 日期 时间"),
    column("place", "单位名称", "单位 场所 场所名称 企业名称 被检查单位 受检单位 检查对象 走访单位 商户名称"),
    column("uscc", "统一社会信用代码", "统一信用代码 信用代码 社会信用代码"),
    column("area", "社区/网格", "社区网格 所属社区 所属网格 社区 网格 网格编号 属地"),
    column("kind", "检查类型", "巡查类型 检查方式 走访类型 检查形式 类型"),
    column("result", "检查结果", "巡查结果 检查情况 走访情况 结果 是否发现问题 有无隐患"),
    column("people", "检查人", "检查人员 巡查人 巡查人员 走访人 走访人员 网格员 参加人员"),
    column("leader", "带队领导", "带队人 带队 领导"),
    column("findings", "发现问题", "存在问题 问题隐患 隐患描述 存在隐患 主要问题"),
    column("advice", "提示建议", "整改建议 处理意见 提示 建议 整改要求"),
    column("note", "备注", "说明 备 注 情况说明"),
)
