"""The English of what the tables of the reports say on the pages; what is printed is Chinese."""

from collections.abc import Sequence

from engine.said import Said

_TABLES = {
    "社区排名": "Ranking of the communities",
    "本日新增": "New today",
    "本期发现的隐患": "Hazards found in the period",
    "今日到期": "Due today",
    "整改时限今日届满、尚未办结的隐患": "Hazards whose limit ends today and that are not settled",
    "逾期清单": "Overdue",
    "截至统计时整改时限已过、尚未办结的隐患": "Hazards whose limit has passed and that are not settled",
    "待签收": "Not signed for",
    "已发出、尚未签收的交办单和移交函": "Assignments and transfers sent and not signed for",
    "移交未回": "Transfers without answer",
    "已移交部门、尚未答复的隐患": "Hazards transferred to a department, not answered",
    "三年行动任务进展": "Progress of the plan’s tasks",
    "牵头单位每月报送，安委办核收": "Reported monthly by the lead units, collected by the committee’s office",
    "各社区任务和指标": "Tasks and measures of the communities",
    "任务未报送": "Tasks not reported",
    "本期应报而未报的三年行动任务": "Tasks of the plan due in the period and not reported",
    "未履职清单": "Duties not done",
    "本期到期而没有履行的定期职责": "Periodic duties due in the period and not done",
    "三年行动节点": "Milestones of the plan",
    "指标从隐患记录算出": "Measures are computed from the records",
    "专项行动": "Campaigns",
    "本期开展的专项行动": "Campaigns that ran in the period",
    "会议培训演练宣传": "Meetings, trainings, drills, publicity",
    "本期登记的活动，人数为各次之和": "Activities noted in the period; people are the sum over all",
    "分区域分行业": "By area and sector",
    "本期发现隐患：发现/已销号（其中重大）": "Hazards found in the period: found/closed (major ones of them)",
    "走访覆盖": "Coverage of visits",
    "本期走访过的/在册正常场所，按行业和社区": "Places visited/in normal operation, by sector and community",
    "网格走访覆盖": "Coverage of visits by grid",
    "本期走访过的/在册正常场所，按网格和行业": "Places visited/in normal operation, by grid and sector",
    "领导带队": "Visits led by leaders",
    "本期各位领导带队走访检查的次数，按月；没有带队的列 0": "Visits each leader led, by month; 0 for none",
    "早发现早报告早处置": "Found, reported and handled early",
    "隐患排查治理情况月报表": "Monthly form of hazards found and fixed",
    "专项行动快报": "Fast report of the campaign",
    "本期数字从记录算出；空格由有权部门填报": (
        "Numbers of the period are computed from the records; what is blank is filled in by the authority"
    ),
    "本期发现的隐患，从发现到各环节的时间，作废的和还没有走到的不计": (
        "Hazards found in the period: time from finding to each step; without voided ones and steps still to come"
    ),
}
_COLUMNS = {
    "名次": "Rank",
    "社区": "Community",
    "逾期（项）": "Overdue",
    "未履职（件）": "Duties not done",
    "得分": "Score",
    "任务": "Task",
    "名称": "Name",
    "牵头单位": "Lead unit",
    "负责任务（项）": "Tasks",
    "月份": "Month",
    "进度": "Progress",
    "进展情况": "What was done",
    "存在问题": "Problems",
    "下步打算": "Next steps",
    "状态": "State",
    "时间": "Date",
    "节点": "Milestone",
    "目标": "Goal",
    "指标": "Measure",
    "达到条件": "Reached when",
    "编号": "Number",
    "专项行动": "Campaign",
    "开始": "Start",
    "截止": "End",
    "列入场所（家）": "Places",
    "总结": "Summary",
    "场所": "Place",
    "日期": "Date",
    "内容": "Text",
    "文号": "Number",
    "事项": "Duty",
    "责任单位或人": "Who",
    "期别": "Period",
    "行业": "Sector",
    "合计": "Total",
    "网格": "Grid",
    "种类": "Kind",
    "次数（次）": "Times",
    "企业（家）": "Enterprises",
    "人数（人次）": "People",
    "资料（份）": "Copies",
    "领导": "Leader",
    "合计（次）": "Total (visits)",
    "环节": "Step",
    "件数（件）": "Hazards",
    "中位（小时）": "Median (hours)",
    "最长（小时）": "Longest (hours)",
    "行业和领域": "Sector",
    "1 排查治理单位（家）": "1 Places searched",
    "2 一般隐患排查（项）": "2 Ordinary hazards found",
    "3 一般已整改（项）": "3 Ordinary, fixed",
    "4 一般整改率（%）": "4 Ordinary, fixed (%)",
    "5 重大隐患排查（项）": "5 Major hazards found",
    "6 重大已整改销号（项）": "6 Major, fixed and closed",
    "7 重大整改率（%）": "7 Major, fixed (%)",
    "8 列入治理计划（项）": "8 With a remediation plan",
    "9 其中达到“五到位”（项）": "9 of them with all five parts",
    "10 挂牌督办（项）": "10 Listed",
    "11 其中省级挂牌（项）": "11 of them by the province",
    "12 累计落实治理资金（万元）": "12 Funds (10,000 yuan)",
    "数量": "Number",
    "单位": "Unit",
}


def said(text: str) -> str:
    """A title or a definition of a table in both languages."""
    return Said(text, _TABLES[text]) if text in _TABLES else text


def columns(titles: Sequence[str]) -> list[str]:
    """The titles of columns in both languages; a name of a community is no title and keeps itself."""
    return [Said(title, _COLUMNS[title]) if title in _COLUMNS else title for title in titles]
